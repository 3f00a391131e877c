import { createRandom } from '../../src/sandbox/mesh/random.ts';
import { conditionsOf } from '../../src/sandbox/wire/conditions.ts';
import { createConversation, type Conversation } from '../../src/sandbox/wire/conversation.ts';
import type { Link } from '../../src/sandbox/wire/link.ts';
import { loss } from './traffic-fault.ts';
import { createWireClock, type SteppedWireClock } from './wire-clock.ts';

/** Small requests over lossy wires, as one client would send them. */
export interface LossyRequests {
  /** Percent lost from client to server. */
  readonly there: number;
  /** Percent lost from server to client. */
  readonly back: number;
  /** On this many lasting connections; absent: each on a new one. */
  readonly connections?: number;
  readonly count: number;
  /** The client gives up after so long. */
  readonly limitMs: number;
  readonly answerBytes: number;
  readonly seed: number;
}

/** How long each took to connect, and to have its answer; Infinity for what was not there in time. */
export interface RequestTimes {
  readonly connectMs: readonly number[];
  readonly totalMs: readonly number[];
}

/** Lets the sandbox's own TCP carry the requests, in no time. */
export function simulateRequests(given: LossyRequests): RequestTimes {
  const random = createRandom(given.seed, 'requests').next;
  const there = conditionsOf([loss(given.there)], random);
  const back = conditionsOf([loss(given.back)], random);
  const link: Link = { there: () => there, back: () => back };
  const connectMs: number[] = [];
  const totalMs: number[] = [];
  const lanes = given.connections ?? given.count;
  for (let lane = 0; lane < lanes; lane += 1) {
    const clock = createWireClock();
    let connection: Conversation | undefined;
    for (let n = 0; n < given.count / lanes; n += 1) {
      const started = clock.now();
      if (connection === undefined) {
        connection = connect(clock, link, given.limitMs);
        connectMs.push(connection ? clock.now() - started : Infinity);
      }
      const left = started + given.limitMs - clock.now();
      const isAnswered = connection !== undefined && ask(clock, connection, given.answerBytes, left);
      totalMs.push(isAnswered ? clock.now() - started : Infinity);
      if (!isAnswered) connection = undefined;
    }
  }
  return { connectMs, totalMs };
}

function connect(clock: SteppedWireClock, link: Link, limitMs: number): Conversation | undefined {
  const conversation = createConversation({ link, clock, giveUp: () => undefined });
  const isOpen = stepUntil(clock, limitMs, (done) => conversation.open((opened) => opened && done()));
  return isOpen ? conversation : undefined;
}

function ask(clock: SteppedWireClock, conversation: Conversation, answerBytes: number, limitMs: number): boolean {
  return stepUntil(clock, limitMs, (done) => {
    conversation.there.send(100, () => conversation.back.send(answerBytes, done));
    return () => conversation.close();
  });
}

/** Steps through the timers until `done` was called; on its limit calls off what was begun. */
function stepUntil(clock: SteppedWireClock, limitMs: number, begin: (done: () => void) => () => void): boolean {
  const end = clock.now() + limitMs;
  const progress = { isDone: false };
  const stop = begin(() => void (progress.isDone = true));
  while (!progress.isDone && clock.stepToNext(end));
  if (!progress.isDone) stop();
  return progress.isDone;
}
