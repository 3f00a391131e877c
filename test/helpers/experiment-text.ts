/** The parts of a small valid experiment; a test replaces the one it is about. */
export interface ExperimentText {
  readonly name?: string;
  /** Lines below `metadata:`, besides the name. */
  readonly metadata?: string;
  /** Lines at the top of `spec:`. */
  readonly spec?: string;
  readonly probe?: string;
  readonly fault?: string;
}

/** A valid experiment on lines 1 to about 12; what stands in `parts` replaces its part as it is. */
export function experimentText(parts: ExperimentText = {}): string {
  const {
    name = 'ratings-down',
    metadata,
    spec,
    probe = '    - name: page\n      http: {path: /productpage}\n      expect: {status: 200, within: 5s}',
    fault = '    - name: no ratings\n      abort: {service: ratings, httpStatus: 503}',
  } = parts;
  return [
    'apiVersion: holdfast.dev/v1alpha1',
    'kind: Experiment',
    'metadata:',
    `  name: ${name}`,
    ...(metadata === undefined ? [] : [metadata]),
    'spec:',
    ...(spec === undefined ? [] : [spec]),
    '  hypothesis:',
    probe,
    '  faults:',
    fault,
    '',
  ].join('\n');
}
