import { Socket } from 'node:net';
import { createConversation, type Conversation } from './conversation.ts';
import type { Link } from './link.ts';
import type { WireClock } from './wire-clock.ts';

export interface WireSocketOptions {
  readonly link: Link;
  readonly clock: WireClock;
  readonly allowHalfOpen?: boolean;
}

/**
 * The calling end of a connection, which holds up the packets of both directions: as both ends live in this process,
 * bytes are late for the server when they are written late, and late for the client when they are read late.
 */
export class WireSocket extends Socket {
  readonly #conversation: Conversation;
  #isShakingHands = false;

  constructor({ link, clock, allowHalfOpen = false }: WireSocketOptions) {
    super({ allowHalfOpen });
    const giveUp = (): void => void this.destroy(timedOut('write'));
    this.#conversation = createConversation({ link, clock, giveUp });
    this.once('close', () => this.#conversation.close());
  }

  /** Connects to a loopback port, once the handshake has come through. */
  open(port: number): this {
    if (this.#conversation.isClear()) return this.connect({ port, host: '127.0.0.1' });
    // Looking up a name is what Node itself waits for before it connects, so the handshake takes its place.
    const lookup: Lookup = (_name, _options, found) => this.#shakeHands(found);
    return this.connect({ port, host: 'pod', family: 4, lookup });
  }

  #shakeHands(found: Found): void {
    this.#isShakingHands = true;
    const stop = this.#conversation.open((isOpen) => {
      this.#isShakingHands = false;
      if (isOpen) found(null, '127.0.0.1', 4);
      else found(timedOut('connect'), '');
    });
    this.once('close', stop);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: Callback): void {
    if (this.#conversation.isClear()) return super._write(chunk, encoding, callback);
    this.#whenConnected(() =>
      this.#conversation.there.send(bytesIn(chunk), () => super._write(chunk, encoding, callback)),
    );
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: Callback): void {
    if (this.#conversation.isClear()) return super._writev?.(chunks, callback);
    const bytes = chunks.reduce((sum, { chunk }) => sum + bytesIn(chunk), 0);
    this.#whenConnected(() => this.#conversation.there.send(bytes, () => super._writev?.(chunks, callback)));
  }

  /** Who closes before the connection is open has given it up: nothing that was written goes out. */
  override end(...given: unknown[]): this {
    return this.#isShakingHands ? this.destroy() : super.end(...(given as []));
  }

  override _final(callback: Callback): void {
    if (this.#conversation.isClear()) return super._final(callback);
    this.#whenConnected(() => this.#conversation.there.send(0, () => super._final(callback)));
  }

  /** What Node read from the real connection; null at its end. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (this.#conversation.isClear()) return super.push(chunk, encoding);
    let wantsMore = true;
    this.#conversation.back.send(bytesIn(chunk), () => {
      wantsMore = super.push(chunk, encoding);
      // As Node does after it has pushed an end, for streams whose reader waits.
      if (chunk === null) this.read(0);
    });
    return wantsMore;
  }

  #whenConnected(act: () => void): void {
    if (this.connecting) this.once('connect', act);
    else act();
  }
}

type Callback = (error?: Error | null) => void;
type Found = (error: NodeJS.ErrnoException | null, address: string, family?: number) => void;
type Lookup = (name: string, options: unknown, found: Found) => void;

function bytesIn(chunk: unknown): number {
  return typeof chunk === 'string' || Buffer.isBuffer(chunk) ? Buffer.byteLength(chunk) : 0;
}

function timedOut(syscall: 'connect' | 'write'): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ETIMEDOUT`), { code: 'ETIMEDOUT', syscall });
}
