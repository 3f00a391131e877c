// Preloaded into a runner: SIGKILL at the moment when its journal has so many whole lines, or in the middle of the next.
import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const killAt = Number(process.env.HOLDFAST_TEST_KILL_AT);
const tearsNext = process.env.HOLDFAST_TEST_KILL_TORN === 'yes';
const open = fs.open;
let whole = 0;

fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  if (!String(path).endsWith('journal.ndjson')) return file;
  const write = file.write.bind(file);
  file.write = async (lines, offset = 0) => {
    for (let at = offset, end; (end = lines.indexOf('\n', at) + 1) > 0; at = end) {
      if (whole === killAt) die(file.fd, lines.subarray(offset, tearsNext ? Math.floor((at + end) / 2) : at));
      whole += 1;
    }
    if (whole === killAt && !tearsNext) die(file.fd, lines.subarray(offset));
    return write(lines, offset);
  };
  return file;
};
syncBuiltinESMExports();

function die(fd, text) {
  if (text.length > 0) writeSync(fd, text);
  process.kill(process.pid, 'SIGKILL');
}
