import { effectiveExpectation } from '../judge/effective-expectation.ts';
import { judgeExperiment } from '../judge/judge-experiment.ts';
import { judgeProbe } from '../judge/judge-probe.ts';
import { judgeRunner } from '../judge/judge-runner.ts';
import type { Millis } from '../model/clock.ts';
import type { ExperimentEvent, ExperimentHead, JournalEvent } from '../model/event.ts';
import { exitCodeOf } from '../model/exit-code.ts';
import type { Experiment } from '../model/experiment.ts';
import type { ExperimentFacts } from '../model/facts.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { Sample } from '../model/sample.ts';
import type { Verdict } from '../model/verdict.ts';
import { createRegrader } from './regrade.ts';
import { createRounds } from './rejudge-rounds.ts';
import { type RejudgedRecovery, rejudgeRecovery } from './rejudge-recovery.ts';

type Timed = Extract<JournalEvent, { readonly experiment: string }>;
type Of<Type extends ExperimentEvent['type']> = Extract<Timed, { readonly type: Type }>;

/**
 * The events of a run as they would read had its experiments been written as they are now: samples checked, phases and
 * recovery judged, verdicts given anew. Whatever else a verdict rests on stays as it was. `experiments` go by the names
 * that they had in the run; those that are not among them are left out. The journal must be able to answer
 * (`objectionsTo`).
 */
export function rejudge(
  events: readonly JournalEvent[],
  experiments: ReadonlyMap<string, Experiment>,
  files: readonly string[],
): readonly JournalEvent[] {
  const judges = new Map<string, Judge>();
  const verdicts: Verdict[] = [];
  const rounds = createRounds();
  const signal = events.find((event) => event.type === 'signal')?.signal;
  const judgeOf = (head: ExperimentHead): readonly ExperimentHead[] => {
    const experiment = experiments.get(head.name);
    if (experiment === undefined) return [];
    const done = (verdict: Verdict, results: readonly ProbeResult[]): void => {
      verdicts.push(verdict);
      rounds.note(head, experiment, { verdict, results });
    };
    judges.set(head.name, createJudge(head, experiment, watchIn(events, head.name), done));
    return [headNow(head, experiment)];
  };
  return events.flatMap((event): readonly JournalEvent[] => {
    switch (event.type) {
      case 'run-started':
        return [{ ...event, experiments: event.experiments.flatMap(judgeOf), rejudgedBy: files }];
      case 'experiment-added':
        return judgeOf(event.head).map((head) => ({ ...event, head }));
      // What a command made of its runs was made of the old verdicts.
      case 'concluded':
        return [];
      case 'repeated':
        return [{ ...event, repeats: rounds.summaries() }];
      case 'run-ended':
        return [{ ...event, exitCode: exitCodeOf(verdicts, signal) }];
      case 'signal':
        return [event];
      default:
        return judges.get(event.experiment)?.(event) ?? [];
    }
  });
}

type Judge = (event: Timed) => readonly JournalEvent[];

/** What the journal says of the recovery that was waited for. */
function watchIn(events: readonly JournalEvent[], name: string): Watch | undefined {
  const told = events.filter((event) => event.type === 'recovered').findLast((event) => event.experiment === name);
  if (told?.rolledBackMs === undefined || told.watch === undefined) return undefined;
  return { rolledBackMs: told.rolledBackMs, startedMs: told.rolledBackMs + told.watch.watchedFromMs };
}

/** Both on the clock of the samples. */
interface Watch {
  readonly rolledBackMs: Millis;
  readonly startedMs: Millis;
}

/** What was run stays under the name that it had; the lines are those of the file that judges. */
function headNow(head: ExperimentHead, experiment: Experiment): ExperimentHead {
  const { expected: _, ...rest } = head;
  const { source, description, phases, hypothesis, faults, expected } = experiment;
  return {
    ...rest,
    file: source.file,
    line: source.line,
    description,
    phases: { ...head.phases, recovery: phases.recovery },
    probes: hypothesis.map(({ name, line, during }) => ({ name, line, during })),
    faults: head.faults.map((it) => ({ ...it, line: faults.find(({ name }) => name === it.name)?.line ?? it.line })),
    ...(expected !== undefined && { expected }),
  };
}

/** Follows one experiment through the journal and rewrites what depends on the hypothesis. */
function createJudge(
  head: ExperimentHead,
  experiment: Experiment,
  watch: Watch | undefined,
  done: (verdict: Verdict, results: readonly ProbeResult[]) => void,
): Judge {
  const results: ProbeResult[] = [];
  const phase = createPhaseJudge(head.asked?.hypothesis ?? [], experiment, watch);
  let recovered: ExperimentFacts['recovered'];
  return (event) => {
    switch (event.type) {
      case 'experiment-started':
        return [{ ...event, head: headNow(event.head, experiment) }];
      case 'phase-started':
        phase.start(event);
        return [event];
      case 'samples':
        return [{ ...event, samples: phase.add(event) }];
      case 'phase-ended': {
        const judged = phase.end(event, results);
        results.push(...judged);
        return [{ ...event, results: judged }];
      }
      case 'recovered': {
        if (phase.recovery === undefined) return [event];
        const { event: told, undecided } = phase.recovery;
        recovered = { recovered: told.recovered, detail: told.detail, undecided };
        return [{ t: event.t, experiment: event.experiment, ...told }];
      }
      case 'experiment-ended': {
        const ended = endedNow(event, experiment, results, recovered);
        done(ended.verdict, results);
        return [ended];
      }
      default:
        return [event];
    }
  };
}

interface PhaseJudge {
  /** Once the recovery phase has ended. */
  readonly recovery: RejudgedRecovery | undefined;
  start(event: Of<'phase-started'>): void;
  /** The samples as they are checked now. */
  add(event: Of<'samples'>): readonly Sample[];
  end(event: Of<'phase-ended'>, before: readonly ProbeResult[]): readonly ProbeResult[];
}

function createPhaseJudge(
  before: readonly HypothesisProbe[],
  experiment: Experiment,
  watch: Watch | undefined,
): PhaseJudge {
  const regraders = new Map<string, (sample: Sample) => Sample>();
  let samples = new Map<string, Sample[]>();
  let startedMs = 0;
  let recovery: RejudgedRecovery | undefined;
  const regraderOf = (name: string, phase: Phase): ((sample: Sample) => Sample) => {
    const key = `${phase} ${name}`;
    const known = regraders.get(key) ?? regrader(before, experiment, name, phase);
    regraders.set(key, known);
    return known;
  };
  return {
    get recovery() {
      return recovery;
    },
    start(event) {
      startedMs = event.t;
      samples = new Map();
    },
    add({ probe, phase, samples: batch }) {
      const regraded = batch.map(regraderOf(probe, phase));
      const all = samples.get(probe) ?? [];
      for (const sample of regraded) all.push(sample);
      samples.set(probe, all);
      return regraded;
    },
    end({ phase, durationMs, runner }, baseline) {
      const { doubtMs } = runner === undefined ? { doubtMs: 0 } : judgeRunner(runner);
      if (phase === 'recovery') {
        // A recovery that was cut off did not come to say when it began.
        const began = watch ?? { rolledBackMs: startedMs, startedMs };
        recovery = rejudgeRecovery(experiment, { ...began, durationMs, samples, baseline, doubtMs });
        return recovery.results;
      }
      return experiment.hypothesis
        .filter((it) => it.during.includes(phase))
        .map((probe) =>
          judgeProbe({
            probe,
            phase,
            samples: samples.get(probe.name) ?? [],
            confidence: experiment.confidence,
            doubtMs,
          }),
        );
    },
  };
}

function regrader(
  before: readonly HypothesisProbe[],
  { hypothesis }: Experiment,
  name: string,
  phase: Phase,
): (sample: Sample) => Sample {
  const then = before.find((it) => it.name === name);
  const now = hypothesis.find((it) => it.name === name);
  if (then === undefined || now === undefined) return (sample) => sample;
  return createRegrader(effectiveExpectation(then, phase), effectiveExpectation(now, phase));
}

function endedNow(
  event: Of<'experiment-ended'>,
  experiment: Experiment,
  results: readonly ProbeResult[],
  recovered: ExperimentFacts['recovered'],
): Of<'experiment-ended'> {
  const { facts, verdict, reasons } = event;
  const before = { verdict, reasons };
  // It was never started.
  if (facts === undefined) return { ...event, before };
  const { expected: _, ...rest } = facts;
  const { expected } = experiment;
  const now = judgeExperiment({
    ...rest,
    results,
    ...(recovered !== undefined && { recovered }),
    ...(expected !== undefined && { expected }),
  });
  return { ...event, ...now, before };
}
