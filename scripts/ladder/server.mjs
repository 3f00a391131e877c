// Answers every request with as many bytes as its path says, and says when it listens.
import { createServer } from 'node:http';

const server = createServer((request, response) => response.end('x'.repeat(Number(request.url.slice(1)))));
server.listen(8080, () => process.stdout.write('listening\n'));
