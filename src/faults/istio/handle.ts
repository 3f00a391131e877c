import type { Millis } from '../../model/clock.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Mark } from './object-edit.ts';

/** A pod, Service or VirtualService by name. */
export type Named = Readonly<Record<'namespace' | 'name', string>>;

/** What watching the fault needs; handles made from a leftover do without. */
export interface Watch {
  readonly service: Named;
  /** Response flags of requests that the fault hits. */
  readonly flags: readonly string[];
  /** And their status, where that tells them from those that another fault hits. */
  readonly status: number | null;
  /** Whether some of them may be another fault's. */
  readonly shared: boolean;
  /**
   * Which requests of the callers are hit: every one, so that one that passes proves the fault gone; every one that the
   * fault's match is for, whatever share that is; or some of these.
   */
  readonly hits: 'all' | 'matching' | 'some';
  /** The callers' pods whose counters are read, and how to find them again. */
  readonly pods: readonly Named[];
  readonly podsIn: readonly { readonly namespace: string | null; readonly selector: string }[];
}

/** An Istio fault handle's data. */
export interface IstioHandleData {
  readonly id: string;
  readonly prefix: string;
  readonly objects: readonly Named[];
  readonly lingerMs: Millis;
  /** For whom the injection works out its targets again; null in handles made from a leftover. */
  readonly aim: {
    readonly service: Named;
    readonly callerNamespaces: readonly string[];
    readonly apiVersion: string;
  } | null;
  readonly watch: Watch | null;
}

/** A handle as plain data. */
export function encodeHandle(run: string, fault: string, data: IstioHandleData): FaultHandle {
  return { driver: 'istio', run, fault, data: data as unknown as JsonObject };
}

/** The data of a handle that this driver made. */
export function decodeHandle(handle: FaultHandle): IstioHandleData & { readonly mark: Mark } {
  const data = handle.data as unknown as IstioHandleData;
  return { ...data, mark: { run: handle.run, id: data.id, prefix: data.prefix } };
}
