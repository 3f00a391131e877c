import type { Conclusion } from '../../model/conclusion.ts';
import { EXIT } from '../../model/exit-code.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { JunitSuite } from './suite.ts';

/** What the run as a whole has found out, as a suite of one case. */
export function conclusionSuite(run: RunRecord, conclusion: Conclusion): JunitSuite {
  const { command, outcome, exitCode, sentences } = conclusion;
  const failed = exitCode === EXIT.failed;
  const [message = outcome] = sentences;
  return {
    name: command,
    file: run.experiments[0]?.head.file ?? '',
    durationMs: run.durationMs ?? 0,
    timestamp: new Date(Date.parse(run.startedAt)).toISOString(),
    properties: [
      ['holdfast.run', run.runId],
      ['holdfast.version', run.version],
      ['holdfast.outcome', outcome],
    ],
    cases: [
      {
        name: command,
        durationMs: run.durationMs ?? 0,
        outcome:
          exitCode === EXIT.ok
            ? { kind: 'passed' }
            : { kind: failed ? 'failure' : 'error', message, detail: sentences.join('\n') },
        output: sentences,
      },
    ],
  };
}
