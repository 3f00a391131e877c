import { join } from 'node:path';

/** Where the journal of a run lies below the output folder. */
export function journalPath(output: string, runId: string): string {
  return join(output, 'runs', runId, 'journal.ndjson');
}
