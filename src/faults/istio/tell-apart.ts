import type { Experiment } from '../../model/experiment.ts';
import type { Fault, IstioFault, IstioFaultSpec } from '../../model/fault.ts';
import { faultFlags } from './fault-block.ts';
import type { Watch } from './handle.ts';
import { parseServiceName, sameService } from './host.ts';

/** How the requests that a fault hits are told from those that others of the experiment hit. */
export type Apart = Pick<Watch, 'status' | 'shared'>;

/** What the callers' counters can tell about a fault beside its flags. */
export function tellApart(fault: IstioFault, experiment: Experiment): Apart {
  const others = sameCounters(fault, experiment);
  const status = others.some(({ spec }) => haveOwnStatuses(spec, fault.spec)) ? statusOf(fault.spec) : undefined;
  return { status: status ?? null, shared: others.some(({ spec }) => !haveOwnStatuses(spec, fault.spec)) };
}

/** Other faults of the experiment whose hits nothing in the counters tells from this one's. */
export function confusedWith(fault: IstioFault, experiment: Experiment): readonly IstioFault[] {
  return sameCounters(fault, experiment).filter(({ spec }) => !haveOwnStatuses(spec, fault.spec));
}

/** Those of which the same callers count the calls to the same service under the same flags. */
function sameCounters(fault: IstioFault, { faults, namespace }: Experiment): readonly IstioFault[] {
  const { spec } = fault;
  const service = parseServiceName(spec.service, namespace);
  const flags: readonly string[] = faultFlags(spec);
  return faults
    .filter((other): other is IstioFault => other.name !== fault.name && isIstio(other))
    .filter((other) => sameService(parseServiceName(other.spec.service, namespace), service))
    .filter((other) => other.spec.gateway === spec.gateway && mayBeSameCallers(other.spec.from, spec.from))
    .filter((other) => faultFlags(other.spec).some((flag) => flags.includes(flag)));
}

function isIstio(fault: Fault): fault is IstioFault {
  return fault.spec.driver === 'istio';
}

type Labels = IstioFaultSpec['from'];

/** No pod has two values of one label. */
function mayBeSameCallers(a: Labels = {}, b: Labels = {}): boolean {
  return Object.entries(a).every(([key, value]) => b[key] === undefined || b[key] === value);
}

function haveOwnStatuses(a: IstioFaultSpec, b: IstioFaultSpec): boolean {
  const [one, two] = [statusOf(a), statusOf(b)];
  return one !== undefined && two !== undefined && one !== two;
}

/** The status of every request that a fault hits. Of a delayed one it is whatever the service answers. */
function statusOf({ delay, abort }: IstioFaultSpec): number | undefined {
  return delay === undefined ? abort?.httpStatus : undefined;
}
