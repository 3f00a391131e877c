import junit, { type Builder, type TestCase } from 'junit-report-builder';
import type { RunRecord } from '../../model/run-record.ts';
import { oneLine, visibleText } from '../../util/visible-text.ts';
import type { FileReporter } from '../reporter.ts';
import { conclusionSuite } from './conclusion-suite.ts';
import { suiteOf, type JunitCase } from './suite.ts';

// The package's types describe its CommonJS shape under NodeNext; at run time the default import is the builder itself.
const rootBuilder = junit as unknown as Builder;

// The builder takes only the first end of a CDATA section out of a text (xmlbuilder 15, XMLStringifier.cdata): a second one
// would let a server write XML of its own. No visible text has this character.
const HELD_END = ']]\u{FDD2}>';

/** `junit.xml`: one suite an experiment, within what Jenkins, GitLab, GitHub actions and Azure all read. */
export const junitReporter: FileReporter = {
  name: 'junit',
  file: 'junit.xml',
  render: renderJunit,
};

function renderJunit(run: RunRecord): string {
  const builder = rootBuilder.newBuilder().name('holdfast');
  const suites = run.experiments.map((experiment) => suiteOf(run, experiment));
  if (run.conclusion !== undefined) suites.push(conclusionSuite(run, run.conclusion));
  for (const data of suites) {
    const suite = builder.testSuite().name(oneLine(data.name)).timestamp(data.timestamp).time(seconds(data.durationMs));
    for (const [name, value] of data.properties) suite.property(oneLine(name), oneLine(value));
    for (const one of data.cases) addCase(suite.testCase(), data.name, data.file, one);
  }
  return `${builder.build().replaceAll(HELD_END, ']]]]><![CDATA[>')}\n`;
}

function addCase(testCase: TestCase, suite: string, file: string, one: JunitCase): void {
  testCase.className(oneLine(suite)).name(oneLine(one.name)).file(oneLine(file)).time(seconds(one.durationMs));
  const output = [...one.output];
  const { outcome } = one;
  if (outcome.kind === 'failure')
    testCase.failure(oneLine(outcome.message), 'hypothesis').stacktrace(longText(outcome.detail));
  if (outcome.kind === 'error') testCase.error(oneLine(outcome.message), 'holdfast', longText(outcome.detail));
  if (outcome.kind === 'skipped') {
    // The builder's <skipped/> takes no text, so the reason is a property and a line of system-out.
    testCase.skipped().property('skipped.reason', oneLine(outcome.message));
    if (!output.includes(outcome.message)) output.unshift(outcome.message);
  }
  if (output.length > 0) testCase.standardOutput(longText(output.join('\n')));
}

function longText(text: string): string {
  return visibleText(text).replaceAll(']]>', HELD_END);
}

/** Seconds with at most three decimals: the builder prints the number as JavaScript does, exponents and all. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
