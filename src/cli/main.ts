import { setMaxListeners } from 'node:events';
import { EXIT } from '../model/exit-code.ts';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

// One stop signal is listened to by every request under way; their number is no sign of a leak.
setMaxListeners(0);

// What people would have read is no reason to leave a fault in: the reader, the terminal or the disk behind it went away.
process.stderr.on('error', () => undefined);
// Nor is a reader who has seen enough (`holdfast list | head`); but output that a program waits for must not get lost.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`The output could not be written: ${error.message}\n`);
  process.once('exit', () => (process.exitCode ||= EXIT.environment));
});

await runCli(process.argv.slice(2), processIo());
