// An HTTP server of its own process that answers after 10 ms and knows how long it took: `GET /taken` tells and forgets.
import { createServer } from 'node:http';

const DELAY_MS = 10;
let taken = [];

const server = createServer((request, response) => {
  if (request.url === '/taken') {
    response.end(JSON.stringify(taken));
    taken = [];
    return;
  }
  const started = performance.now();
  response.on('finish', () => taken.push(performance.now() - started));
  setTimeout(() => response.end('ok'), DELAY_MS);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
