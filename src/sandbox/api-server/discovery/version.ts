/** What GET /version answers: the Kubernetes release whose behaviour the sandbox follows. */
export const serverVersion = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0-holdfast-sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-04-23T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};
