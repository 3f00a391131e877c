import type { Experiment } from '../model/experiment.ts';
import { plural } from '../util/plural.ts';
import type { Diagnostic } from './diagnostic.ts';
import { parseSelector } from './selector.ts';

export interface Selection {
  readonly selector?: string;
  readonly grep?: string;
}

/**
 * Narrows by labels and by name. A selection that leaves nothing is an error (unless experiments with mistakes might
 * have been chosen), and so is a name that two chosen experiments share.
 */
export function select(
  all: readonly Experiment[],
  { selector, grep }: Selection,
  someFailed: boolean,
): { readonly experiments: readonly Experiment[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const bySelector = selector === undefined ? undefined : parseSelector(selector);
  if (bySelector?.ok === false) {
    diagnostics.push({
      code: 'SELECTOR_INVALID',
      severity: 'error',
      message: bySelector.problem,
      hint: `Allowed: ${bySelector.allowed}.`,
    });
  }
  const byName = grep === undefined ? undefined : compile(grep);
  if (typeof byName === 'string') diagnostics.push({ code: 'SELECTOR_INVALID', severity: 'error', message: byName });
  if (diagnostics.length > 0) return { experiments: [], diagnostics };
  const experiments = all.filter(
    (experiment) =>
      (!bySelector?.ok || bySelector.value(experiment.labels)) &&
      (!(byName instanceof RegExp) || byName.test(experiment.name) || byName.test(experiment.description)),
  );
  if (experiments.length === 0 && all.length > 0 && !someFailed)
    diagnostics.push(nothingLeft(all.length, selector, grep));
  return { experiments, diagnostics: [...diagnostics, ...sharedNames(experiments)] };
}

function compile(grep: string): RegExp | string {
  try {
    return new RegExp(grep);
  } catch (error) {
    return `\`${grep}\` is not a regular expression: ${(error as Error).message.replace(/^.*: /, '').toLowerCase()}`;
  }
}

function nothingLeft(count: number, selector: string | undefined, grep: string | undefined): Diagnostic {
  const asked = [selector !== undefined && `-l '${selector}'`, grep !== undefined && `--grep '${grep}'`]
    .filter(Boolean)
    .join(' ');
  const message = `none of ${plural(count, 'experiment')} matches ${asked}`;
  return { code: 'NOTHING_SELECTED', severity: 'error', message, hint: 'See what there is with: holdfast list' };
}

function sharedNames(experiments: readonly Experiment[]): Diagnostic[] {
  const first = new Map<string, Experiment>();
  return experiments.flatMap((experiment): Diagnostic[] => {
    const other = first.get(experiment.name);
    if (other === undefined) {
      first.set(experiment.name, experiment);
      return [];
    }
    const hint = `The other is at ${other.source.file}:${other.source.line}. Reports tell experiments apart by name.`;
    const message = `another experiment is called \`${experiment.name}\` already`;
    return [{ code: 'DUPLICATE_NAME', severity: 'error', message, range: { ...experiment.source, length: 1 }, hint }];
  });
}
