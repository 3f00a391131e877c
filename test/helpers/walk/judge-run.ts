import type { Row } from './walk-points.ts';
import { verbOf } from './walk-points.ts';
import type { WalkPoint, WalkRun } from './walk-lane.ts';

/** What a run did that it must not do. */
export interface Fault {
  readonly kind: 'left behind' | 'false verdict' | 'hung' | 'unclear' | 'gave up' | 'false alarm';
  readonly what: string;
}

/** Longest that a run may take in all: 10 s a call, and what the rollback is given. */
const LONGEST_MS = 100_000;
const TRANSIENT = /^(429|500|503|reset|cut|slow=400|skew)/;
const SAYS: Readonly<Record<string, RegExp>> = {
  401: /Unauthorized/,
  403: /is forbidden|forbidden:/,
  404: /not found|could not find|no such|does not exist|is not there|[Tt]here is no|is gone/,
  409: /cannot be fulfilled|already exists|exists already|Somebody else/,
  410: /too old resource version/,
  422: /refused by a policy/,
  429: /too many requests/,
  500: /etcdserver: request timed out/,
  503: /currently unable to handle/,
  reset: /connection was reset/,
  cut: /connection was reset|is not JSON/,
  hang: /did not answer within|not done within/,
};

/** Holds one run against the promises: nothing is left, the verdict is true, and the message says what is wrong. */
export function judgeRun(row: Row, point: WalkPoint, run: WalkRun): readonly Fault[] {
  return [
    ...judgeEnd(run),
    ...judgeLeft(row.text, run),
    ...judgeVerdict(run),
    ...judgeText(row, run),
    ...judgePatience(row, point, run),
  ];
}

function judgeEnd({ exitCode, tookMs, text }: WalkRun): readonly Fault[] {
  if (exitCode === -1) return [{ kind: 'hung', what: 'it did not come to an end' }];
  const isLong: Fault[] = tookMs > LONGEST_MS ? [{ kind: 'hung', what: `it took ${Math.round(tookMs / 1000)} s` }] : [];
  const isWrong: Fault[] = [0, 1, 3, 4, 5].includes(exitCode)
    ? []
    : [{ kind: 'unclear', what: `exit code ${exitCode}` }];
  const isDefect: Fault[] = /INTERNAL|\n +at /.test(text) ? [{ kind: 'unclear', what: `a defect: ${text}` }] : [];
  return [...isLong, ...isWrong, ...isDefect];
}

function judgeLeft(row: string, { exitCode, left, stillIn, text, recovered, locks }: WalkRun): readonly Fault[] {
  const faults: Fault[] = [];
  const add = (kind: Fault['kind'], what: string): void => void faults.push({ kind, what });
  if (exitCode !== 5 && (left.length > 0 || stillIn))
    add('left behind', `exit ${exitCode}, and left ${left.join(', ')}`);
  if (exitCode === 5) {
    for (const name of left) if (!text.includes(name)) add('left behind', `exit 5 does not name ${name}`);
    if (left.length > 0 && !/kubectl|holdfast recover/.test(text)) add('unclear', 'exit 5 without a command');
  }
  if (locks > 0 && exitCode === 0 && row !== '404' && !/lock/i.test(text))
    add('unclear', 'a lock stays without a word');
  if (recovered === undefined) return faults;
  const { exitCode: code, left: still, text: said } = recovered;
  if (code !== 0) add('left behind', `recover ended with ${code}: ${said}`);
  if (still.length > 0 || recovered.stillIn) add('left behind', `recover left ${still.join(', ')}`);
  if (recovered.locks > 0) add('left behind', `recover left ${recovered.locks} locks`);
  return faults;
}

function judgeVerdict({ exitCode, verdict, sawFault }: WalkRun): readonly Fault[] {
  const isGreen = exitCode === 0 || verdict === 'passed';
  return isGreen && !sawFault ? [{ kind: 'false verdict', what: `${verdict}, and the fault never acted` }] : [];
}

/** An environment error says what the API server said, and about what. */
function judgeText({ text: kind }: Row, { exitCode, text }: WalkRun): readonly Fault[] {
  if (exitCode !== 3) return [];
  const says = SAYS[kind.replace(/-after$/, '')];
  const isTold = says === undefined || says.test(text);
  const hasPlace = /\b(GET|POST|PUT|DELETE|LIST)\b|[A-Z]\w+ [\w-]+\/[\w-]+|ChaosBlade|Lease|\/apis?\b/.test(text);
  return isTold && hasPlace ? [] : [{ kind: 'unclear', what: `exit 3 does not say what the API said: ${text}` }];
}

/** What passes by itself must not end a run: reads are tried again, writes looked at and tried again. */
function judgePatience(row: Row, { reach, key }: WalkPoint, { exitCode, left, text, hits }: WalkRun): readonly Fault[] {
  if (reach !== 'once' || hits === 0) return [];
  if (exitCode === 5 && left.length === 0)
    return [{ kind: 'false alarm', what: `exit 5, and nothing was left: ${text}` }];
  if (!TRANSIENT.test(row.text) || ![3, 5].includes(exitCode)) return [];
  return [{ kind: 'gave up', what: `${verbOf(key)} was not tried again: exit ${exitCode}: ${text}` }];
}
