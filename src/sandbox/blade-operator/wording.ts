import type { ChaosBladeVersion } from '../options.ts';

/** What the operator says about an experiment that it cannot even start. */
export interface Wording {
  unknownScope(): string;
  unknownAction(target: string, action: string): string;
  noSelector(): string;
  noNodes(flag: string): string;
  /** Any failure to select in pod scope, where the cause is hidden. */
  hidden(cause: string): string;
  noPods(flag: string, namespace: string): string;
  noContainerOfPods(): string;
  noContainerFlag(): string;
  noContainer(values: readonly [ids: string, names: string, index: string]): string;
  severalNamespaces(): string;
  badNumber(flag: string, value: string): string;
  zero(flag: string): string | undefined;
  badLabels(value: string): string;
}

const SELECTORS = ['evict-count', 'evict-percent', 'labels', 'names'] as const;
const CONTAINERS = ['container-ids', 'container-names', 'container-index'] as const;

/** The operator's texts by release. Source: chaosblade-operator exec/, chaosblade-spec-go response codes. */
export const WORDINGS: Readonly<Record<ChaosBladeVersion, Wording>> = {
  '0.8': {
    unknownScope: () => 'can not find the scope controller for creating',
    unknownAction: () => 'can not find the action handler',
    noSelector: () => `must specify one flag in ${SELECTORS.join(',')}`,
    noNodes: () => 'can not find the nodes',
    hidden: (cause) => cause,
    noPods: (_flag, namespace) => `can not find the pods in ${namespace} namespace`,
    noContainerOfPods: () => 'pod container not found',
    noContainerFlag: () => `must specify one flag in ${CONTAINERS.join(' ')}`,
    noContainer: () => 'container not found',
    severalNamespaces: () => 'only one namespace value can be specified',
    badNumber: (_flag, value) => atoiError(value),
    // Selects nothing, and says nothing.
    zero: () => undefined,
    badLabels: (value) => `illegal labels, ${value}`,
  },
  '1.8': {
    unknownScope: () => 'can not find the scope controller for creating',
    unknownAction: (target, action) => `\`${target}.${action}\`: the handler exec not found`,
    noSelector: () => `less parameter: \`${SELECTORS.join('|')}\``,
    noNodes: (flag) => `invalid parameter \`${flag}\`, can not find node`,
    hidden: () => 'cannot find container, please confirm if the container exists',
    noPods: (flag) => `invalid parameter \`${flag}\`, can not find pods`,
    noContainerOfPods: () => 'cannot find container, please confirm if the container exists',
    noContainerFlag: () => `less parameter: \`${CONTAINERS.join('|')}\``,
    noContainer: (values) =>
      `invalid \`${CONTAINERS.join('|')}\` parameter value: \`${values.join('|')}\`. cannot find the containers`,
    severalNamespaces: () => 'invalid parameter `namespace`, only one value can be specified',
    badNumber: (flag, value) => `illegal \`${flag}\` parameter value: \`${value}\`. ${atoiError(value)}`,
    zero: (flag) => `illegal \`${flag}\` parameter value: \`0\`. it must be a positive integer`,
    badLabels: (value) => `illegal \`labels\` parameter value: \`${value}\`. illegal labels`,
  },
};

/** As Go's strconv words it. */
function atoiError(value: string): string {
  return `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`;
}
