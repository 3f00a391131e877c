import pLimit from 'p-limit';
import { HoldfastError } from '../../model/errors.ts';
import type { Fault, PodKillFaultSpec } from '../../model/fault.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { DriverContext } from '../driver.ts';
import { checkSelection, checkVictims } from './check-victims.ts';
import { countOf, draw, seedOfRound } from './draw.ts';
import type { PodId, PodKillHandleData } from './handle.ts';
import type { KillRecord } from './kill-book.ts';
import { rememberOwners } from './owner-changes.ts';
import { isTerminating } from '../pods.ts';
import { type Candidate, distinctOwners, idOf, podResource, survey, type Survey } from './survey.ts';

const AT_ONCE = 8;

/** One round of a fault; it keeps what it did while it is tried again. */
export interface Round {
  readonly fault: Fault<PodKillFaultSpec>;
  readonly data: PodKillHandleData;
  /** From 0. */
  readonly number: number;
  /** Who is to go, where that was planned; those who went meanwhile are replaced by others. */
  readonly planned: readonly PodId[];
  readonly killed: PodId[];
  /** Deletions whose answer is not known. */
  readonly unanswered: Set<PodId>;
}

/** A round that has done nothing yet. */
export function newRound(
  fault: Fault<PodKillFaultSpec>,
  data: PodKillHandleData,
  number: number,
  planned: readonly PodId[] = [],
): Round {
  return { fault, data, number, planned, killed: [], unanswered: new Set() };
}

/** Why a round may not kill now. */
export interface Spared {
  readonly why: string;
  readonly hint?: string;
}

/**
 * Looks who is there now, and deletes those whose turn it is: each only if it still is the pod that was looked at.
 * Never kills more than was asked for, however often it is tried again. Resolves with why nobody may be killed, if so.
 */
export async function killRound(
  round: Round,
  record: KillRecord,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<Spared | undefined> {
  const { fault, data, killed } = round;
  const found = within(data, await survey(fault.spec, data.namespace, context));
  rememberOwners(distinctOwners(found.candidates), memory);
  for (const pod of round.unanswered) if (isOnItsWay(pod, found)) note(pod, round, record, context);
  const wanted = countOf(fault.spec.take, found.candidates.length + killed.length) - killed.length;
  const victims = choose(found.candidates, round.planned, wanted, seedOfRound(data.seed, round.number));
  const selection = killed.length > 0 ? [] : checkSelection(fault, found);
  const refusal = [...selection, ...checkVictims(fault, victims)].find(({ severity }) => severity === 'error');
  if (refusal !== undefined) {
    return { why: refusal.message, ...(refusal.hint !== undefined && { hint: refusal.hint }) };
  }
  context.signal.throwIfAborted();
  await deleteAll(
    victims.map(({ pod }) => idOf(pod)),
    round,
    record,
    context,
  );
  return undefined;
}

/** Nobody is killed whose owner was not part of the plan, and no bare pod that was not. */
function within(data: PodKillHandleData, found: Survey): Survey {
  const owners = new Set(data.owners.map(({ uid }) => uid));
  const bare = new Set(data.victims.map(({ uid }) => uid));
  const candidates = found.candidates.filter(({ pod, owner }) =>
    owner === undefined ? bare.has(pod.metadata.uid ?? '') : owners.has(owner.uid),
  );
  return { ...found, candidates };
}

function isOnItsWay({ uid }: PodId, { pods }: Survey): boolean {
  const pod = pods.find(({ metadata }) => metadata.uid === uid);
  return pod === undefined || isTerminating(pod);
}

function note(pod: PodId, round: Round, record: KillRecord, { clock }: DriverContext): void {
  round.unanswered.delete(pod);
  round.killed.push(pod);
  record.killed.push(pod);
  record.killedAt = clock.now();
  delete record.healedAt;
}

/** The planned ones who are still there, and as many others as are missing. */
function choose(
  candidates: readonly Candidate[],
  planned: readonly PodId[],
  count: number,
  seed: number,
): readonly Candidate[] {
  const isPlanned = ({ pod }: Candidate): boolean => planned.some(({ uid }) => uid === pod.metadata.uid);
  const first = candidates.filter(isPlanned).slice(0, Math.max(0, count));
  const others = candidates.filter((candidate) => !isPlanned(candidate));
  return [...first, ...draw(others, count - first.length, seed)];
}

/**
 * Tries all of them before it throws what went wrong first. A deletion is not cut off by a stop - nobody could tell one
 * that was cut off from one that arrived - but by the deadline of its call.
 */
async function deleteAll(
  victims: readonly PodId[],
  round: Round,
  record: KillRecord,
  context: DriverContext,
): Promise<void> {
  const { gracePeriod } = round.fault.spec;
  const resource = await podResource(context);
  const limit = pLimit(AT_ONCE);
  const grace = gracePeriod !== undefined && { gracePeriodSeconds: gracePeriod / 1000 };
  const kill = async (pod: PodId): Promise<void> => {
    const { namespace, name, uid } = pod;
    round.unanswered.add(pod);
    try {
      await context.cluster.remove(resource, { namespace, name }, { uid, ...grace });
      note(pod, round, record, context);
    } catch (error) {
      // Answered, with no: another pod has the name now.
      if (isConflict(error)) round.unanswered.delete(pod);
      throw error;
    }
  };
  const results = await Promise.allSettled(victims.map(async (pod) => limit(kill, pod)));
  const failures = results.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason);
  // A conflict is mended by another look; nothing else may hide behind it.
  const first = failures.find((error) => !isConflict(error)) ?? failures[0];
  if (first !== undefined) throw first;
}

function isConflict(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'API_CONFLICT';
}
