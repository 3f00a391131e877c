import { effectiveExpectation } from '../judge/effective-expectation.ts';
import { createWindowJudge, type WindowJudge } from '../judge/window-judge.ts';
import type { Millis } from '../model/clock.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Expectation, HypothesisProbe } from '../model/hypothesis.ts';
import type { Breach, StopCondition, StopStage } from '../model/stop-condition.ts';
import type { Stream } from '../probes/sampler.ts';
import { type PreparedLab, STOPPED } from './lab.ts';
import type { PhaseWork } from './sample-phase.ts';

/** Ages and windows move on without samples, too. */
const LOOK_EVERY_MS = 50;

/** Watches the stop conditions of an experiment from its baseline to the moment its faults are taken back. */
export interface StopWatch {
  /** Aborted with `STOPPED` when one of them comes true; what, is in the journal and the book by then. */
  readonly signal: AbortSignal;
  /** What it has to hear of the phases that it watches; nothing where nobody listens. */
  readonly ears: Pick<PhaseWork, 'onSamples' | 'onSent'>;
  /** From here on faults come in. What was seen before says nothing any more. */
  faultsComeIn(): Promise<void>;
  /** From here on the probes of the hypothesis look for themselves. */
  phaseBegins(): void;
  /** Cuts off what it has under way, which need not be awaited. */
  end(): void;
}

interface Watched {
  readonly condition: StopCondition;
  readonly judge: WindowJudge;
}

/** Starts the requests that the conditions send for themselves. */
export async function startStopWatch(lab: PreparedLab): Promise<StopWatch> {
  const { experiment } = lab;
  const all = (experiment.abortWhen ?? []).map((condition) => ({
    condition,
    judge: createWindowJudge(condition, checkedOn(experiment, condition)),
  }));
  const signal = new AbortController();
  if (all.length === 0) return { ...DEAF, signal: signal.signal };
  const over = new AbortController();
  const ofProbe = (name: string): readonly Watched[] =>
    all.filter(({ condition: { watched } }) => watched.kind === 'probe' && watched.probe === name);
  const stage = createStage(lab);
  const tell = ({ condition }: Watched, breach: Breach | undefined): void => {
    if (breach === undefined || signal.signal.aborted || over.signal.aborted || lab.signal.aborted) return;
    const stopped = { ...breach, condition: condition.name, ...stage.at(breach.at) };
    lab.emit({ type: 'aborted', stopped });
    lab.book.stopped(stopped);
    signal.abort(STOPPED);
  };
  const ears: Required<StopWatch['ears']> = {
    onSamples: (probe, samples) => ofProbe(probe).forEach((it) => tell(it, it.judge.add(samples))),
    onSent: (probe, flights) => ofProbe(probe).forEach((it) => it.judge.sent(flights)),
  };
  const streams = await sendOwn(lab, all, ears, tell, over.signal);
  void lookAgain(lab, all, tell, over.signal);
  return {
    signal: signal.signal,
    ears,
    async faultsComeIn() {
      signal.signal.throwIfAborted();
      stage.enter('proof');
      for (const { judge } of all) judge.reset();
      await streams.standInForProbes();
    },
    phaseBegins() {
      stage.enter('fault');
      streams.leaveToProbes();
    },
    end() {
      over.abort();
      streams.end();
    },
  };
}

const DEAF: Omit<StopWatch, 'signal'> = {
  ears: {},
  faultsComeIn: async () => undefined,
  phaseBegins: () => undefined,
  end: () => undefined,
};

/** What is checked on each request: of a probe what it accepts under the fault. */
function checkedOn({ hypothesis }: Experiment, { watched }: StopCondition): Expectation {
  if (watched.kind === 'canary') return watched.expect;
  const probe = hypothesis.find((it) => it.name === watched.probe);
  return probe === undefined ? {} : effectiveExpectation(probe, 'fault');
}

function createStage({ clock, epoch, experiment: { phases } }: PreparedLab) {
  const now = (): Millis => clock.now() - epoch;
  const ofMs: Readonly<Partial<Record<StopStage, Millis>>> = { baseline: phases.baseline, fault: phases.fault };
  let stage: StopStage = 'baseline';
  let since = now();
  return {
    enter(next: StopStage): void {
      stage = next;
      since = now();
    },
    at: (instant: Millis) => ({ stage, afterMs: Math.max(0, instant - since), ofMs: ofMs[stage] }),
  };
}

async function lookAgain(
  { clock, epoch }: PreparedLab,
  all: readonly Watched[],
  tell: (it: Watched, breach: Breach | undefined) => void,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    for (const it of all) tell(it, it.judge.tick(clock.now() - epoch));
    await clock.sleep(LOOK_EVERY_MS, over).catch(() => undefined);
  }
}

/** Streams beside those of the phases; what they cannot do shows in those. */
async function sendOwn(
  lab: PreparedLab,
  all: readonly Watched[],
  ears: Required<StopWatch['ears']>,
  tell: (it: Watched, breach: Breach | undefined) => void,
  over: AbortSignal,
) {
  const sampler = await lab.sampler;
  const canaries = new Map(
    all.flatMap((it, index) => (it.condition.watched.kind === 'canary' ? [[`canary ${index}`, it]] : [])),
  );
  const stop = (ids: readonly string[]): void =>
    void (ids.length > 0 && sampler.stop(ids, over).catch(() => undefined));
  const names = new Set(all.flatMap(({ condition: { watched } }) => (watched.kind === 'probe' ? watched.probe : [])));
  const standIns = new Map(
    lab.experiment.hypothesis.filter((it) => names.has(it.name)).map((it, index) => [`stand-in ${index}`, it]),
  );

  await sampler.start(
    [...canaries].flatMap(([id, it]) => canaryStream(id, it.condition)),
    (id, samples) => {
      const it = canaries.get(id);
      if (it === undefined) return;
      lab.emit({ type: 'canary-samples', watched: it.condition.name, samples });
      tell(it, it.judge.add(samples));
    },
    (id, flights) => canaries.get(id)?.judge.sent(flights),
  );
  return {
    /** Between the injection and the fault phase nobody else asks what the probes ask. */
    async standInForProbes(): Promise<void> {
      const nameOf = (id: string): string => standIns.get(id)?.name ?? '';
      await sampler.start(
        [...standIns].map(([id, it]) => standIn(id, it)),
        (id, samples) => {
          lab.emit({ type: 'canary-samples', watched: nameOf(id), samples });
          ears.onSamples(nameOf(id), samples);
        },
        (id, flights) => ears.onSent(nameOf(id), flights),
      );
    },
    leaveToProbes: () => stop([...standIns.keys()]),
    end: () => stop([...canaries.keys(), ...standIns.keys()]),
  };
}

function canaryStream(id: string, { watched }: StopCondition): readonly Stream[] {
  if (watched.kind !== 'canary') return [];
  return [{ id, request: watched.http, pacing: watched.pacing, expect: watched.expect, tellSent: true }];
}

function standIn(id: string, probe: HypothesisProbe): Stream {
  return {
    id,
    request: probe.http,
    pacing: probe.pacing,
    expect: effectiveExpectation(probe, 'fault'),
    repeat: true,
    tellSent: true,
  };
}
