import type { Store } from '../store.ts';
import { isObject } from '../api-server/json.ts';
import { NAMESPACE } from './blade.ts';

const CONFIG_MAP = 'holdfast-sandbox-chaosblade';

/** How the operator misbehaves when told to; everything is off by default. */
export interface Switches {
  /** Each experiment takes so much longer to create and to destroy. */
  readonly slowMs: number;
  /** Targets that fail: beginnings of node and pod names. */
  readonly failTargets: readonly string[];
  /** What they fail with. */
  readonly failText: string;
  /** They are hit all the same. */
  readonly failYetAct: boolean;
  /** Every destroy fails for as long as this is on. */
  readonly failDestroy: boolean;
  /** Success is told and nothing is done. */
  readonly noEffect: boolean;
  /** The operator handles no event, as if its pod were gone. */
  readonly down: boolean;
}

const DEFAULTS: Switches = {
  slowMs: 0,
  failTargets: [],
  failText: '`tc`: command not found',
  failYetAct: false,
  failDestroy: false,
  noEffect: false,
  down: false,
};

/** The switches as the ConfigMap `holdfast-sandbox-chaosblade` sets them now: `slow-ms`, `fail-targets` and so on. */
export function readSwitches(store: Store): Switches {
  const data = store.get('configmaps', NAMESPACE, CONFIG_MAP)?.['data'];
  if (!isObject(data)) return DEFAULTS;
  const text = (key: string) => (typeof data[key] === 'string' ? data[key] : undefined);
  const isOn = (key: string) => text(key) === 'true';
  const targets = text('fail-targets')?.split(',') ?? [];
  return {
    slowMs: Number(text('slow-ms') ?? 0) || 0,
    failTargets: targets.map((name) => name.trim()).filter((name) => name !== ''),
    failText: text('fail-text') ?? DEFAULTS.failText,
    failYetAct: isOn('fail-yet-act'),
    failDestroy: isOn('fail-destroy'),
    noEffect: isOn('no-effect'),
    down: isOn('down'),
  };
}

/** Whether a target is one of those that fail. */
export function isToFail({ failTargets }: Switches, name: string): boolean {
  return failTargets.some((beginning) => name.startsWith(beginning));
}
