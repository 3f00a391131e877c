import type { IncomingMessage, ServerResponse } from 'node:http';

/** The sidecar agent's port: metrics in Prometheus text, and readiness. */
export function serveAgent(stats: () => string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/stats/prometheus') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(stats());
      return;
    }
    response.writeHead(path === '/healthz/ready' ? 200 : 404).end();
  };
}
