import type { Experiment } from '../../model/experiment.ts';
import { inFlightOf } from '../in-flight.ts';
import type { LintContext, Remark } from '../rule.ts';

/** The API server, files, the worker. */
const OURS = 64;
/** What every system allows without being asked; macOS the least. */
const EVERYWHERE = 256;

/** Each request under way takes a socket; beyond the limit of this machine they fail here, and it looks as if there. */
export function openFilesLow(experiment: Experiment, context: LintContext): readonly Remark[] {
  const needed = inFlightOf(experiment, context).reduce((sum, it) => sum + Math.min(it.needed, it.allowed), OURS);
  if (needed <= EVERYWHERE) return [];
  const openFiles = context.openFiles();
  if (openFiles === undefined || needed <= openFiles) return [];
  return [
    {
      code: 'OPEN_FILES_LOW',
      message: `The probes may need ${needed} open files and sockets at once, and this process may open ${openFiles}.`,
      path: ['spec', 'hypothesis'],
      hint: `\`ulimit -n ${needed}\` before the run, or lower the rates or timeouts.`,
    },
  ];
}
