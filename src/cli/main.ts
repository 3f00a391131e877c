import { processIo } from './io.ts';
import { runCli } from './program.ts';

// A reader that went away (`holdfast list | head`) is no reason to fail loudly.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

await runCli(process.argv.slice(2), processIo());
