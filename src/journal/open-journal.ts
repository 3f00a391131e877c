import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import type { JournalEvent } from '../model/event.ts';
import { makePrivateFolder } from '../util/private-folder.ts';
import type { Journal } from './journal.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Creates the journal file of one run, readable by its owner only; missing folders are made the same way.
 * Throws `OUTPUT_UNWRITABLE` when the file exists, the place is a symbolic link or the disk refuses.
 */
export async function openJournal(path: string): Promise<Journal> {
  return journalOn(path, await openFresh(path));
}

/** The journal on a file that is open for appending; `path` is only for messages. */
export function journalOn(path: string, file: FileHandle): Journal {
  return new NdjsonJournal(path, file);
}

async function openFresh(path: string): Promise<FileHandle> {
  try {
    await makePrivateFolder(dirname(path));
    const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600);
    await file.chmod(0o600);
    return file;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Appends are queued and written in order, many in one write; the first refusal of the disk is kept for `sync`. */
class NdjsonJournal implements Journal {
  readonly path: string;
  readonly #file: FileHandle;
  #pending: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;
  #closed = false;

  constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  append(event: JournalEvent): void {
    if (this.#closed) return;
    this.#pending.push(`${JSON.stringify(event)}\n`);
    if (this.#pending.length === 1) this.#writing = this.#writing.then(() => this.#write());
  }

  async sync(): Promise<void> {
    await this.#writing;
    if (this.#failure === undefined) await this.#file.datasync().catch((error: unknown) => (this.#failure = error));
    if (this.#failure !== undefined) throw unwritable(this.path, this.#failure);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.sync();
      if (!(await this.#isThere())) throw unwritable(this.path, new Error('somebody removed it while it was written'));
    } finally {
      await this.#file.close();
    }
  }

  /** A file that was removed or replaced still takes what is written to it. */
  async #isThere(): Promise<boolean> {
    const [ours, there] = await Promise.all([this.#file.stat(), stat(this.path).catch(() => undefined)]);
    return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
  }

  async #write(): Promise<void> {
    const lines = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    // After a refused write the file may end in half a line; nothing may follow it.
    if (this.#failure !== undefined) return;
    try {
      for (let done = 0; done < lines.length;) done += (await this.#file.write(lines, done)).bytesWritten;
    } catch (error) {
      this.#failure = error;
    }
  }
}

function unwritable(path: string, cause: unknown): HoldfastError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HoldfastError('OUTPUT_UNWRITABLE', {
    message: `The journal cannot be written: ${why}.`,
    where: path,
    hint: 'Name a folder that can be written with --output.',
    cause,
  });
}
