import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { nearestName } from '../../util/nearest-name.ts';
import {
  type Action,
  ALIASES,
  CATALOGUE,
  CONTAINER_FLAGS,
  CONTAINER_NETWORK_FLAGS,
  findAction,
  type Flags,
  TOOL_FLAGS,
} from './catalogue.ts';
import { valueTrouble } from './flag-values.ts';

/** What the table finds wrong with scope, target, action and flags: sentences. */
export function checkFlags(spec: ChaosBladeFaultSpec): readonly string[] {
  const action = findAction(spec);
  if (action === undefined) return unknownAction(spec);
  if (!action.scopes.includes(spec.scope)) {
    return [`${spec.target} ${spec.action} exists in scope ${action.scopes.join(', ')}, not in ${spec.scope}.`];
  }
  const known = knownFlags(spec, action);
  return [
    ...(action.flags === undefined ? [] : unknownFlags(spec, known)),
    ...valueTroubles(spec, known),
    ...missingFlags(spec, action),
  ];
}

/** Flags and actions that the fault uses and operators before that version do not have. */
export function laterThings(spec: ChaosBladeFaultSpec): readonly { readonly what: string; readonly since: string }[] {
  const action = findAction(spec);
  if (action === undefined) return [];
  const flags = Object.keys(spec.flags).map((name) => ({ what: `flag ${name}`, since: action.flags?.[name]?.since }));
  const whole = { what: `${spec.target} ${spec.action}`, since: action.since };
  return [whole, ...flags].flatMap(({ what, since }) => (since === undefined ? [] : [{ what, since }]));
}

function knownFlags({ scope, target }: ChaosBladeFaultSpec, { flags = {}, native }: Action): Flags {
  const inContainer = scope === 'container' ? CONTAINER_FLAGS : {};
  const network = scope === 'container' && target === 'network' ? CONTAINER_NETWORK_FLAGS : {};
  return { ...flags, ...(native === true ? {} : TOOL_FLAGS), ...inContainer, ...network };
}

/** Only in containers may the operator know more than the table: targets such as jvm come from files of its image. */
function unknownAction({ scope, target, action }: ChaosBladeFaultSpec): string[] {
  const actions = Object.hasOwn(CATALOGUE, target) ? CATALOGUE[target] : undefined;
  if (actions !== undefined) {
    const nearest = nearestName(action, [...Object.keys(actions), ...Object.keys(ALIASES)]);
    return [`${target} has no action "${action}".${meant(nearest)} Known: ${Object.keys(actions).join(', ')}.`];
  }
  if (scope === 'container') return [];
  const nearest = nearestName(target, Object.keys(CATALOGUE));
  return [`there is no target "${target}".${meant(nearest)} Known: ${Object.keys(CATALOGUE).join(', ')}.`];
}

function unknownFlags({ target, action, scope, flags }: ChaosBladeFaultSpec, known: Flags): string[] {
  return Object.keys(flags)
    .filter((name) => !Object.hasOwn(known, name))
    .filter((name) => !(scope === 'node' && name === 'evict-group'))
    .map((name) => {
      const names = Object.keys(known);
      return `${target} ${action} has no flag "${name}".${meant(nearestName(name, names))} Known: ${names.join(', ')}.`;
    });
}

function valueTroubles({ flags }: ChaosBladeFaultSpec, known: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = Object.hasOwn(known, name) ? known[name] : undefined;
    const trouble = flag && valueTrouble(flag.kind, value);
    return trouble === undefined ? [] : [`flag ${name} ${trouble}.`];
  });
}

function missingFlags(spec: ChaosBladeFaultSpec, { flags = {}, oneOf = [] }: Action): string[] {
  const { target, action, scope } = spec;
  const has = (name: string): boolean => Object.hasOwn(spec.flags, name);
  const missing = Object.entries(flags).filter(([name, flag]) => flag.required === true && !has(name));
  const troubles = missing.map(([name]) => `${target} ${action} needs the flag ${name}.`);
  if (oneOf.length > 0 && !oneOf.some(has)) troubles.push(`${target} ${action} needs one of ${oneOf.join(', ')}.`);
  const containers = Object.keys(CONTAINER_FLAGS);
  if (scope === 'container' && !containers.some(has)) troubles.push(`it needs one of ${containers.join(', ')}.`);
  return troubles;
}

function meant(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}
