import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Millis } from '../../model/clock.ts';
import type { RequestTimings } from '../../model/sample.ts';

/** What a request is doing, in the words of a timeout message. */
export type Stage = 'connecting' | 'in the TLS handshake' | 'sending' | 'waiting for an answer' | 'reading the answer';

export interface TimingObserver {
  /** The parts that are complete; `ended` closes the last one. */
  timings(ended: Millis): RequestTimings;
  stage(): Stage;
}

interface Marks {
  lookup?: Millis;
  connect?: Millis;
  secure?: Millis;
  ready?: Millis;
  finish?: Millis;
  response?: Millis;
}

/** Follows one request from `started` on by the events of its socket; a reused socket has no dns, connect and tls. */
export function observeTimings(request: ClientRequest, started: Millis, now: () => Millis): TimingObserver {
  const marks: Marks = {};
  let tls = false;
  request.once('socket', (socket: Socket) => {
    tls = 'encrypted' in socket;
    if (request.reusedSocket || !socket.connecting) marks.ready = now();
    else observeConnection(socket, tls, marks, now);
  });
  request.once('finish', () => (marks.finish = now()));
  request.once('response', () => (marks.response = now()));
  return {
    timings: (ended) => partsOf(marks, started, ended),
    stage: () => stageOf(marks, tls),
  };
}

function observeConnection(socket: Socket, tls: boolean, marks: Marks, now: () => Millis): void {
  socket.once('lookup', () => (marks.lookup = now()));
  socket.once('connect', () => {
    marks.connect = now();
    if (!tls) marks.ready = marks.connect;
  });
  if (tls) socket.once('secureConnect', () => (marks.ready = marks.secure = now()));
}

function partsOf(
  { lookup, connect, secure, ready, finish, response }: Marks,
  started: Millis,
  ended: Millis,
): RequestTimings {
  return {
    ...part('dns', started, lookup),
    ...part('connect', lookup ?? started, connect),
    ...part('tls', connect, secure),
    ...part('send', ready, finish),
    ...part('wait', finish ?? ready, response),
    ...part('receive', response, response === undefined ? undefined : ended),
  };
}

/** An answer may begin before the request is out; a part is never negative. */
function part(name: keyof RequestTimings, from: Millis | undefined, to: Millis | undefined): RequestTimings {
  return from === undefined || to === undefined ? {} : { [name]: Math.max(0, to - from) };
}

function stageOf({ connect, ready, finish, response }: Marks, tls: boolean): Stage {
  if (response !== undefined) return 'reading the answer';
  if (finish !== undefined) return 'waiting for an answer';
  if (ready !== undefined) return 'sending';
  if (connect !== undefined && tls) return 'in the TLS handshake';
  return 'connecting';
}
