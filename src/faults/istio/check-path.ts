import type { Experiment } from '../../model/experiment.ts';
import type { Finding } from '../../model/finding.ts';
import { afterSetup } from './after-setup.ts';
import { checkEntrance } from './check-entrance.ts';
import { checkRetries } from './check-retries.ts';
import { checkThinned } from './check-thinned.ts';
import { examine, type Examined } from './examine.ts';
import type { Survey } from './survey.ts';
import type { Wanted } from './targets.ts';

/** What an experiment cannot tell by the rules on the way of its requests, as they will be after its own setup. */
export function checkPath(
  draft: Wanted,
  experiment: Experiment,
  survey: Survey,
  examined: Examined,
): readonly Finding[] {
  const after = afterSetup(survey, experiment);
  const { targets, callers, findings } = after === survey ? examined : examine(draft, after);
  const blind = findings.filter(
    ({ code, message }) =>
      code === 'ROUTE_TIMEOUT_BLIND' && !examined.findings.some((known) => known.message === message),
  );
  return [
    ...blind,
    ...checkEntrance(draft.fault, experiment, after, targets),
    ...checkRetries(experiment, after, callers),
    ...checkThinned(draft.fault, experiment, after),
  ];
}
