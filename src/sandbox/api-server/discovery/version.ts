/** What GET /version answers: the Kubernetes release whose behaviour the sandbox follows. */
export const serverVersion = {
  major: '1',
  minor: '31',
  gitVersion: 'v1.31.0-holdfast-sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2024-08-13T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};
