import { formatDuration } from '../model/duration.ts';
import type { Experiment } from '../model/experiment.ts';
import type { ListFlags } from './commands/list.ts';
import type { Io } from './io.ts';
import { loadForCommand } from './load-for-command.ts';

/** `holdfast list`: what a run with the same arguments would run. */
export async function list(paths: readonly string[], flags: ListFlags, io: Io): Promise<void> {
  const loaded = await loadForCommand(paths, flags, io);
  if (loaded === undefined) return;
  io.stdout.write(io.redactor.redact(render(loaded.experiments, flags.output)));
}

function render(experiments: readonly Experiment[], output: ListFlags['output']): string {
  if (output === 'json') return `${JSON.stringify(experiments.map(summary), null, 2)}\n`;
  return output === 'name' ? experiments.map(({ name }) => `${name}\n`).join('') : table(experiments);
}

function summary(experiment: Experiment) {
  const { name, source, labels, description, namespace, hypothesis, faults, expected } = experiment;
  return {
    name,
    file: source.file,
    line: source.line,
    labels,
    description,
    namespace,
    durationMs: plannedMs(experiment),
    probes: hypothesis.map((probe) => probe.name),
    faults: faults.map((fault) => fault.name),
    ...(expected && { expected }),
  };
}

/** The phases as declared; a slow recovery takes longer. */
function plannedMs({ phases }: Experiment): number {
  return phases.baseline + phases.fault + phases.recovery.stable;
}

function table(experiments: readonly Experiment[]): string {
  const rows = experiments.map((experiment) => [
    experiment.name,
    formatDuration(plannedMs(experiment)),
    experiment.faults.map((fault) => fault.name).join(', '),
    `${experiment.source.file}:${experiment.source.line}`,
  ]);
  const all = [['NAME', 'DURATION', 'FAULTS', 'FILE'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}
