import type { TrafficFault } from '../traffic-faults.ts';

/** What a packet meets on its way; the sum of all interfaces that it leaves through. */
export interface Conditions {
  /** Whether this packet is lost. */
  isLost(): boolean;
  /** How much later this packet arrives, milliseconds. */
  delayMs(): number;
}

/** Draws from the effects of faults; undefined when there are none, so that nothing needs to be drawn. */
export function conditionsOf(faults: readonly TrafficFault[], random: () => number): Conditions | undefined {
  const effects = faults.map(({ effect }) => effect).filter(({ kind }) => kind !== 'duplicate');
  if (effects.length === 0) return undefined;
  return {
    isLost: () => effects.some((effect) => losesPacket(effect, random)),
    delayMs: () => effects.reduce((sum, effect) => sum + delayOf(effect, random), 0),
  };
}

type Effect = TrafficFault['effect'];

/** A corrupted packet fails its checksum and is dropped by whoever receives it. */
function losesPacket(effect: Effect, random: () => number): boolean {
  return (effect.kind === 'loss' || effect.kind === 'corrupt') && random() * 100 < effect.percent;
}

function delayOf(effect: Effect, random: () => number): number {
  if (effect.kind === 'delay') return Math.max(0, effect.timeMs + (random() * 2 - 1) * effect.offsetMs);
  // netem reorders by sending a share of the packets at once and holding the others back.
  if (effect.kind === 'reorder') return random() * 100 < effect.percent ? 0 : effect.timeMs;
  return 0;
}
