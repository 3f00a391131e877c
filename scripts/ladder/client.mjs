// Sends requests and prints how long each took to connect and in all, null for what was not there in time, as JSON.
import { Agent, request } from 'node:http';

const { host, connections, count, limitMs, answerBytes, parallel } = JSON.parse(process.argv[2]);
const connectMs = [];
const totalMs = [];

const lanes = Array.from({ length: connections ?? parallel }, async () => {
  const agent = new Agent({ keepAlive: connections !== undefined, maxSockets: 1 });
  for (let n = 0; n < count / (connections ?? parallel); n += 1) totalMs.push(await ask(agent));
  agent.destroy();
});
await Promise.all(lanes);
process.stdout.write(JSON.stringify({ connectMs, totalMs }));

function ask(agent) {
  return new Promise((resolve) => {
    const started = performance.now();
    const took = () => performance.now() - started;
    const outgoing = request({ host, port: 8080, path: `/${answerBytes}`, agent });
    const limit = setTimeout(() => outgoing.destroy(), limitMs);
    const finish = (ms) => {
      clearTimeout(limit);
      resolve(ms);
    };
    outgoing.on('socket', (socket) => socket.connecting && socket.once('connect', () => connectMs.push(took())));
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => finish(took()));
      response.on('error', () => finish(null));
    });
    outgoing.on('error', () => finish(null));
    outgoing.end();
  });
}
