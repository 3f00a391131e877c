import { openFilesLimit } from '../open-files-limit.ts';
import { finding } from '../../model/finding.ts';
import { type Check, notLookedAt, ofFinding, ok } from './check.ts';

const ENOUGH = 1_024;
/** The API server, files, the worker. */
const OURS = 64;

/** Whether this process may open as many sockets as requests are under way at once. */
export function checkOpenFiles(needed: number, limit: number | undefined = openFilesLimit()): Check {
  const what = 'open files';
  if (limit === undefined) return notLookedAt(what, 'This system does not tell its limit.');
  const wanted = Math.max(ENOUGH, needed + OURS);
  if (limit >= wanted) return ok(what, `This process may open ${limit === Infinity ? 'any number' : limit}.`);
  const message = `This process may open ${limit} files and sockets; ${wanted} are wanted.`;
  // What is known to be needed fails for certain.
  const level = limit < needed + OURS && needed > 0 ? 'error' : 'warning';
  return ofFinding(what, finding('OPEN_FILES_LOW', message, undefined, `ulimit -n ${wanted}`), level);
}
