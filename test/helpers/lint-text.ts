import { lint } from '../../src/lint/lint.ts';
import { createFaultDrivers } from '../../src/faults/registry.ts';
import { placeOf } from '../../src/model/place.ts';
import { loadText } from './load-text.ts';

/** What is unlike a sound experiment; what is not given is sound. */
export interface LintText {
  readonly top?: string;
  /** Lines of `spec.hypothesis`, `- {...}` each. */
  readonly probes?: readonly string[];
  readonly faults?: readonly string[];
  readonly openFiles?: number;
}

const PAGE = '{name: page, http: {path: /productpage}, rate: 5/s, expect: {status: 200, within: 3s}}';
const SLOW =
  "{name: slow, delay: {service: ratings, fixedDelay: 2s}, proof: {http: {path: /ratings}, expect: {latency: {min: '>= 1900ms'}}}}";

/** `CODE at the text under the caret`, for every trap in an experiment. */
export async function trapsIn({ top, probes = [PAGE], faults = [SLOW], openFiles }: LintText): Promise<string[]> {
  const lines = [
    'apiVersion: holdfast.dev/v1alpha1',
    'kind: Experiment',
    'metadata: {name: x}',
    'spec:',
    ...(top === undefined ? [] : [`  ${top}`]),
    '  hypothesis:',
    ...probes.map((it) => `    - ${it}`),
    '  faults:',
    ...faults.map((it) => `    - ${it}`),
  ];
  const { experiments, printed } = await loadText(lines.join('\n'));
  const [experiment] = experiments;
  if (experiment === undefined) throw new Error(printed);
  const drivers = createFaultDrivers();
  const remarks = lint(experiment, {
    effectOf: (fault) => {
      const driver = drivers.find(({ name }) => name === fault.spec.driver);
      if (driver === undefined) throw new Error(fault.spec.driver);
      return driver.effect(fault);
    },
    openFiles: () => openFiles,
  });
  return remarks.map(({ code, path }) => {
    const { line, column, length } = placeOf(experiment, path);
    return `${code} at ${(lines[line - 1] ?? '').slice(column - 1, column - 1 + length)}`;
  });
}
