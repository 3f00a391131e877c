import { setMaxListeners } from 'node:events';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

// One stop signal is listened to by every request under way; their number is no sign of a leak.
setMaxListeners(0);

// A reader that went away (`holdfast list | head`) is no reason to fail loudly.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

await runCli(process.argv.slice(2), processIo());
