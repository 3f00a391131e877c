import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { isReady } from '../pods.ts';
import { laterThings } from './check-flags.ts';
import { listAll } from './resources.ts';
import { compareVersions, parseVersion, showVersion, type Version } from './version.ts';

/** The operator that will act on the resource. */
export interface Operator {
  readonly namespace: string;
  /** Undefined where its image and arguments do not tell. */
  readonly version?: Version;
}

const LABEL = 'name=chaosblade-operator';

/** The operator's pod that is ready, in whatever namespace. */
export async function findOperator(context: DriverContext): Promise<Operator | undefined> {
  const pods = await listAll(context, '', 'pods', { labelSelector: LABEL });
  const ready = pods.find(isReady);
  if (ready === undefined) return undefined;
  const version = versionOf(ready);
  return { namespace: ready.metadata.namespace ?? 'default', ...(version !== undefined && { version }) };
}

/** What the operator's version cannot do. */
export function checkOperator(operator: Operator | undefined, spec: ChaosBladeFaultSpec): readonly Finding[] {
  if (operator === undefined) {
    const message = `No pod with label ${LABEL} is ready in any namespace: nobody would act on the ChaosBlade resource.`;
    return [finding('OPERATOR_MISSING', message, undefined, `kubectl get pods -A -l ${LABEL} shows why.`)];
  }
  const { version } = operator;
  if (version === undefined) {
    const message = `The version of the operator in namespace ${operator.namespace} could not be told from its image.`;
    return [finding('OPERATOR_UNKNOWN', message)];
  }
  return versionTroubles(version, spec).map((trouble) =>
    finding('OPERATOR_VERSION', `ChaosBlade operator ${showVersion(version)} ${trouble}`, undefined, UPGRADE),
  );
}

const UPGRADE = 'Upgrade the operator: https://github.com/chaosblade-io/chaosblade-operator/releases.';

/** Sources: chaosblade-operator issues 46 and 187, and the flags of 0.8.0. */
function versionTroubles(version: Version, spec: ChaosBladeFaultSpec): string[] {
  const isIn = (from: string, before: string): boolean =>
    compareVersions(version, parse(from)) >= 0 && compareVersions(version, parse(before)) < 0;
  const troubles: string[] = [];
  if (spec.scope === 'node' && isIn('0.7.0', '0.8.0')) troubles.push('knows no experiments on nodes.');
  if (spec.scope === 'node' && spec.select.names !== undefined && isIn('1.7.0', '1.7.1'))
    troubles.push('finds no node by name (its issue 187).');
  for (const { what, since } of laterThings(spec))
    if (compareVersions(version, parse(since)) < 0) troubles.push(`has no ${what}.`);
  return troubles;
}

function versionOf({ spec }: KubernetesObject): Version | undefined {
  const { containers = [] } = (spec ?? {}) as {
    containers?: { image?: string; args?: string[]; command?: string[] }[];
  };
  for (const { args = [], command = [] } of containers) {
    const said = [...command, ...args].find((arg) => arg.startsWith('--chaosblade-version='));
    const version = said === undefined ? undefined : parseVersion(said.split('=')[1] ?? '');
    if (version !== undefined) return version;
  }
  const images = containers.map(({ image = '' }) => image).filter((image) => image.includes('operator'));
  return images.map((image) => parseVersion(/:([^:/@]+)(?:@|$)/.exec(image)?.[1] ?? '')).find((it) => it !== undefined);
}

function parse(text: string): Version {
  return parseVersion(text) ?? [0, 0, 0];
}
