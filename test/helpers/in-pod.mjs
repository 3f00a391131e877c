// Preloaded into a command: it finds the service account of a pod in the folder that a test made, and a host of its own.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const folder = process.env.HOLDFAST_TEST_SERVICE_ACCOUNT ?? '';
const there = (path) => (typeof path === 'string' && path.startsWith(MOUNT) ? folder + path.slice(MOUNT.length) : path);

for (const name of ['existsSync', 'readFileSync', 'statSync']) {
  const real = fs[name];
  fs[name] = (path, ...rest) => real(there(path), ...rest);
}
const readFile = fs.promises.readFile;
fs.promises.readFile = (path, ...rest) => readFile(there(path), ...rest);
os.hostname = () => 'sweeper-pod';
syncBuiltinESMExports();
