import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import type { Effect } from '../driver.ts';
import { isTc } from './catalogue.ts';

/** For requests to meet packets that are lost now and then; TCP tries again after 1, 3 and 7 s. */
const SEEN_MS = 20_000;
/** Pods have 30 s to end unless they say otherwise, and their successors have to start. */
const REPLACED_MS = 90_000;
/** A request on a new connection waits for two delayed packets: the one that opens it, and the answer. */
const DELAYED_PACKETS = 2;

/** What an experiment does to requests, as far as the file says. */
export function effectOf({ spec }: Fault<ChaosBladeFaultSpec>): Effect {
  if (spec.target === 'pod' && spec.action === 'delete')
    return { delay: 0, heldUp: 0, deadline: REPLACED_MS, always: true };
  const isDelay = isTc(spec) && spec.action === 'delay';
  const packet = isDelay ? Number(spec.flags['time'] ?? 0) + Number(spec.flags['offset'] ?? 0) : 0;
  const delay = DELAYED_PACKETS * packet;
  const always = isDelay || Number(spec.flags['percent'] ?? 100) >= 100;
  return { delay, heldUp: 0, deadline: SEEN_MS + delay, always };
}
