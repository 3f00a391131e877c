import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../src/cluster/connect.ts';
import { worldOn } from '../../src/cli/compose.ts';
import { runJob } from '../../src/cli/run-job.ts';
import { systemClock } from '../../src/engine/clock.ts';
import type { World } from '../../src/engine/world.ts';
import type { FaultDriver } from '../../src/faults/driver.ts';
import type { FindingCode } from '../../src/model/finding-codes.ts';
import type { Proof } from '../../src/model/proof.ts';
import { jsonReporter } from '../../src/report/json/json-reporter.ts';
import { junitReporter } from '../../src/report/junit/junit-reporter.ts';
import { loadText } from './load-text.ts';
import { startTestSandbox, type TestSandbox } from './start-sandbox.ts';
import { tempFolder } from './temp-folder.ts';
import { testIo } from './test-io.ts';

/** What happens to a sandbox of its own around a run of one experiment on it. */
export interface ExplainedCase {
  /** The experiment's spec, from `faults` on. */
  readonly faults: string;
  readonly options?: Parameters<typeof startTestSandbox>[0];
  /** Done before the run. */
  readonly before?: (sandbox: TestSandbox) => Promise<void> | void;
  /** Done by somebody else, once the fault has been written; what it gives back ends it after the run. */
  readonly meanwhile?: (sandbox: TestSandbox) => Done | Promise<Done>;
  /** How long the effect may take to be seen; a second where absent. */
  readonly deadline?: number;
}

type Done = void | (() => void);

/** What was said of it, in all places. */
export interface Explained {
  readonly exitCode: number;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly proof: Proof | undefined;
  readonly codes: readonly FindingCode[];
  readonly contradiction: string | undefined;
  readonly findings: readonly FindingCode[];
  readonly junit: string;
  readonly terminal: string;
}

interface Reported {
  readonly experiments: readonly {
    readonly verdict: string;
    readonly reasons: readonly string[];
    readonly findings: readonly { readonly code: FindingCode }[];
    readonly faults: readonly {
      readonly proof?: Proof;
      readonly explanation?: {
        readonly contradiction?: string;
        readonly reasons: readonly { readonly code: FindingCode }[];
      };
    }[];
  }[];
}

const head = `
apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: { name: unproven }
spec:
  sessions: { jason: { login: { method: POST, path: /login, form: { username: jason, passwd: jason } } } }
  phases: { baseline: 400ms, fault: 1s, recovery: { within: 10s, stable: 400ms } }
  hypothesis:
    - name: the page comes
      http: { path: /productpage }
      rate: 5/s
      expect: { status: 200 }
`;

/**
 * `npm run build` must have been done. Runs it for real, with the drivers' time for an effect cut short, and gives all that its
 * reports and the terminal say.
 */
export async function explainedRun({
  faults,
  options,
  before,
  meanwhile,
  deadline = 1_000,
}: ExplainedCase): Promise<Explained> {
  const sandbox = await startTestSandbox(options);
  const { kubeconfigPath, context } = sandbox;
  const cluster = await connect({ kubeconfig: kubeconfigPath, context, env: {}, clock: systemClock });
  const ends: (() => void)[] = [];
  const then = async (): Promise<void> => {
    const end = await meanwhile?.(sandbox);
    if (end !== undefined) ends.push(end);
  };
  try {
    await before?.(sandbox);
    const { experiments, secrets, printed } = await loadText(`${head}  faults:\n${faults}`);
    if (experiments.length !== 1) throw new Error(printed);
    const io = testIo();
    const output = tempFolder({});
    const openWorld = (runId: string): World => {
      const world = worldOn(cluster, runId, { policy: {}, redactor: io.redactor }, false);
      return {
        ...world,
        drivers: world.drivers.map((driver) => hurried(driver, deadline, then)),
      };
    };
    const target = { kind: 'cluster', context, server: cluster.server } as const;
    const exitCode = await runJob(
      {
        experiments,
        secrets,
        worlds: { target, forRun: (runId) => ({ openWorld: async () => openWorld(runId), lockKeys: async () => [] }) },
        output,
        reporters: [jsonReporter, junitReporter],
        workers: 1,
        bail: false,
        recover: false,
        rollbackBudget: 30_000,
      },
      io,
    );
    const [report, junit] = await Promise.all(
      ['report.json', 'junit.xml'].map((it) => readFile(join(output, it), 'utf8')),
    );
    const [told] = (JSON.parse(report ?? '') as Reported).experiments;
    const explanation = told?.faults[0]?.explanation;
    return {
      exitCode,
      verdict: told?.verdict ?? '',
      reasons: told?.reasons ?? [],
      proof: told?.faults[0]?.proof,
      codes: explanation?.reasons.map(({ code }) => code) ?? [],
      contradiction: explanation?.contradiction,
      findings: told?.findings.map(({ code }) => code) ?? [],
      junit: junit ?? '',
      terminal: io.out() + io.err(),
    };
  } finally {
    for (const end of ends) end();
    await cluster.close();
    await sandbox.close();
  }
}

/** A driver that soon gives up to show its fault, and whose injection is followed by what somebody else does. */
function hurried(driver: FaultDriver, deadline: number, then: () => Promise<void>): FaultDriver {
  let isOut = false;
  return {
    ...driver,
    effect: (fault) => ({ ...driver.effect(fault), ...(!isOut && { deadline }) }),
    rollback: async (handle, context) => {
      isOut = true;
      return driver.rollback(handle, context);
    },
    inject: async (prepared, context) => {
      const injected = await driver.inject(prepared, context);
      await then();
      return injected;
    },
  };
}
