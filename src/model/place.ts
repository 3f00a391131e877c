import type { Experiment } from './experiment.ts';
import type { SourceRange } from './source.ts';

/** Keys and indexes that lead from the top of a document to a value. */
export type Path = readonly (string | number)[];

/** `spec.hypothesis[0].http` */
export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** Where the key at a path stands in the experiment's file; of what is not written there, the nearest key above it. */
export function placeOf({ source, places = {} }: Experiment, path: Path): SourceRange {
  for (let length = path.length; length > 0; length -= 1) {
    const found = places[pathText(path.slice(0, length))];
    if (found !== undefined) return found;
  }
  return { ...source, length: 1 };
}

/** The same as people and editors write it: `ratings.yaml:14:7`. */
export function whereOf(experiment: Experiment, path: Path): string {
  const { file, line, column } = placeOf(experiment, path);
  return `${file}:${line}:${column}`;
}
