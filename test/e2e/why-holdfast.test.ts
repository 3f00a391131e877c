import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { beforeAll, describe, expect, it } from 'vitest';
import { couldNotMeasure, runLane, runScript, type Shown, toldIn } from '../helpers/why-lane.ts';
import { whyCommands, whyRows } from '../helpers/why-page.ts';

const root = resolve(import.meta.dirname, '../..');
const rows = whyRows();
const commands = whyCommands();

const FIGURE = /(?<![\d.])\d+ (?:ms|MB)/g;

/** What a section must show besides the exit codes on the page and whole VirtualServices. */
const SHOWS: Readonly<Record<string, (shown: Shown) => void>> = {
  baseline: (shown) => {
    expect(toldIn(shown)).toMatchObject({ verdict: 'inconclusive' });
    expect(shown.said).toContain('the baseline was not steady: the shop is open');
    expect(shown.writes.filter((it) => !it.includes('leases'))).toEqual([]);
  },
  injection: (shown) => {
    expect(shown.said).toContain('There is no Service default/payment');
    expect(toldIn(shown)).toMatchObject({
      verdict: 'error',
      reasons: [expect.stringMatching(/^PUT VirtualService default\/details: The API server forbids it/)],
    });
  },
  steps: (shown) => {
    expect(shown.said).toContain('VirtualService default/ratings could not be applied: The API server refused it');
    expect(toldIn(shown)).toMatchObject({ verdict: 'rollback-failed' });
    expect(shown.said).toMatch(/Left in the cluster; to remove it by hand:\n +holdfast recover .*\n +kubectl /);
    expect(shown.said).toContain('recovered  VirtualService default/details  fault broken details');
  },
  'one-bad-moment': (shown) => {
    expect(toldIn(shown)).toMatchObject({ verdict: 'failed' });
    const { good, statuses } = faultOf(shown);
    expect(good).toBeGreaterThan(0);
    expect(statuses['555']).toBeGreaterThan(0);
  },
  'stop-at-once': expectStop,
  guard: (shown) => {
    expectStop(shown);
    const { good, samples } = faultOf(shown);
    expect(good).toBe(samples);
  },
  'probe-timeout': (shown) => {
    expect(toldIn(shown).verdict).toBe(couldNotMeasure(shown) ? 'inconclusive' : 'failed');
    const { good, samples, errors } = faultOf(shown);
    expect([good, errors['timeout']]).toEqual([0, samples]);
    expect(undone(shown)).toBe(1);
  },
  signals: (shown) => expect(undone(shown)).toBe(4),
  kill: (shown) => {
    expect(shown.said).toContain('left behind  VirtualService default/details  fault broken details');
    expect(shown.said).toMatch(/interrupted +a-minute-of-fault/);
    expect(existsSync(join(shown.folder, 'reports/junit.xml'))).toBe(true);
    expect(undone(shown)).toBe(0);
  },
  'dry-run': (shown) => {
    expect(shown.said).toMatch(/^ +\+ +httpStatus: 555$/m);
    expect(shown.said).toContain('undo by hand: kubectl');
    expect(shown.writes).toEqual([]);
  },
  typos: ({ said }) => {
    const lines = [...said.matchAll(/typos\.yaml:(\d+):\d+ error/g)].map(([, line]) => Number(line));
    expect(lines).toEqual([6, 9, 10, 11, 12, 13, 18, 19]);
  },
  'slow-answers': (shown) => {
    expect(toldIn(shown).verdict).toBe(couldNotMeasure(shown) ? 'inconclusive' : 'failed');
    expect(faultOf(shown)).toMatchObject({ samples: 20, good: 0, statuses: { 200: 20 } });
  },
  secrets: (shown) => {
    expect(toldIn(shown)).toMatchObject({ verdict: 'passed' });
    const written = globSync(['run.log', 'reports/**'], { cwd: shown.folder });
    expect(written.length).toBeGreaterThanOrEqual(4);
    const texts = written.map((file) => readFileSync(join(shown.folder, file), 'utf8')).join();
    expect(texts).not.toContain('correct-horse');
    expect(texts).toContain('"authorization":"***"');
  },
  cost: ({ said }) => {
    expect(said).toContain('1 experiment in 1 file: valid');
    const { toolkit, holdfast } = rows.find(({ anchor }) => anchor === 'cost') ?? { toolkit: '', holdfast: '' };
    const text = readFileSync(resolve(root, 'docs/benchmarks.md'), 'utf8');
    const measured = text.replaceAll(/ \([\d.]+\)/g, '').match(FIGURE);
    const figures = `${toolkit.slice(toolkit.indexOf('Starting'))} ${holdfast}`.match(FIGURE) ?? [];
    expect(figures).toHaveLength(5);
    expect(measured).toEqual(expect.arrayContaining(figures));
  },
};

/** Which sections run one after another on a sandbox of their own: about as long in each. */
const LANES = [
  ['slow-answers', 'probe-timeout'],
  ['signals', 'kill'],
  ['baseline', 'injection', 'steps', 'one-bad-moment', 'dry-run'],
  ['stop-at-once', 'guard', 'secrets', 'typos', 'cost'],
];

let shown: ReadonlyMap<string, Shown>;

beforeAll(async () => {
  const lanes = await Promise.all(LANES.map(async (sections) => runLane(sections, commands)));
  shown = new Map(lanes.flat());
}, 180_000);

describe('docs/why-holdfast.md', () => {
  it('has a test for each of its rows, and a row for each of these', () => {
    const anchors = rows.map(({ anchor }) => anchor);
    expect(anchors.toSorted()).toEqual(Object.keys(SHOWS).toSorted());
    expect(LANES.flat().toSorted()).toEqual(anchors.toSorted());
    expect([...commands.keys()].toSorted()).toEqual([...anchors, 'start', 'stop'].toSorted());
  });

  it.each(rows.map(({ title, anchor }) => [title, anchor] as const))('%s', (_, anchor) => {
    const seen = shown.get(anchor);
    if (seen === undefined) throw new Error(`no commands were run for #${anchor}`);
    // As the page says: a machine that does not keep up gets 4 instead of a verdict on times.
    const exits = commands.get(anchor)?.exits.map((code) => (couldNotMeasure(seen) && code === 1 ? 4 : code));
    expect(seen.exits, seen.said).toEqual(exits);
    expect(seen.isClean, 'VirtualServices as before').toBe(true);
    SHOWS[anchor]?.(seen);
  });

  it('says how to start a sandbox for all this, and how to stop it', async () => {
    const script = `${commands.get('start')?.script ?? ''}${commands.get('stop')?.script ?? ''}`;
    const { exits, said } = await runScript(script, { XDG_STATE_HOME: './state' });
    expect(exits, said).toEqual([0, 0]);
  });
});

interface FaultPhase {
  readonly samples: number;
  readonly good: number;
  readonly verdict: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
}

/** The only probe of the hypothesis under the fault. */
function faultOf({ folder }: Shown): FaultPhase {
  const report = JSON.parse(readFileSync(join(folder, 'reports/report.json'), 'utf8')) as {
    readonly experiments: readonly [
      { readonly phases: { readonly fault: { readonly probes: readonly [FaultPhase] } } },
    ];
  };
  return report.experiments[0].phases.fault.probes[0];
}

function expectStop(seen: Shown): void {
  const { verdict, reasons, durationMs } = toldIn(seen);
  expect(verdict).toBe('failed');
  expect(reasons[0]).toMatch(/^stopped after .* of 1m by "details are gone"/);
  expect(durationMs).toBeLessThan(40_000);
  expect(undone(seen)).toBe(1);
}

/** How many runs in the journals of a section say that their fault was taken back. */
function undone({ folder }: Shown): number {
  const journals = globSync('reports/runs/*/journal.ndjson', { cwd: folder, absolute: true });
  const events = journals.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return events.filter((it) => it.includes('"type":"fault-undone"') && it.includes('"undone":true')).length;
}
