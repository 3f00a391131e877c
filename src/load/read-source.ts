import { readFileSync, statSync } from 'node:fs';
import type { Diagnostic } from './diagnostic.ts';

/** Experiments are small; anything above this is the wrong file. */
export const LARGEST_FILE = 1024 * 1024;

export type ReadSource = { readonly text: string } | { readonly diagnostic: Diagnostic };

/** Reads a text file of at most 1 MiB. `file` is the name shown to people. */
export function readSource(path: string, file: string): ReadSource {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return problem(file, 'FILE_UNREADABLE', 'this is not a regular file');
    if (stat.size > LARGEST_FILE) return tooLarge(file, stat.size);
    return decode(readFileSync(path), file);
  } catch (error) {
    return problem(file, 'FILE_UNREADABLE', reason(error));
  }
}

function decode(bytes: Buffer, file: string): ReadSource {
  if (bytes.length > LARGEST_FILE) return tooLarge(file, bytes.length);
  const save = 'Save it as UTF-8 text.';
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return problem(file, 'FILE_NOT_TEXT', 'this file is UTF-16', save);
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1)
    return problem(file, 'FILE_NOT_TEXT', 'this file is binary: it contains a NUL byte', save, lineAt(bytes, nul));
  try {
    // Drops a byte order mark, as editors on Windows write it.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const line = lineAt(bytes, firstInvalid(bytes));
    return problem(file, 'FILE_NOT_TEXT', 'this line is not UTF-8 text', save, line);
  }
}

/** Where decoding first goes wrong: the lossy text and the bytes agree up to there. */
function firstInvalid(bytes: Buffer): number {
  const lossy = bytes.toString('utf8');
  let at = lossy.indexOf('\uFFFD');
  while (at !== -1) {
    const offset = Buffer.byteLength(lossy.slice(0, at));
    if (bytes.subarray(offset, offset + 3).toString('hex') !== 'efbfbd') return offset;
    at = lossy.indexOf('\uFFFD', at + 1);
  }
  return bytes.length;
}

function lineAt(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at !== -1 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}

function tooLarge(file: string, size: number): ReadSource {
  const message = `this file is ${(size / LARGEST_FILE).toFixed(1)} MiB; the limit is 1 MiB`;
  return problem(file, 'FILE_TOO_LARGE', message, 'An experiment is a few kilobytes; is this the right file?');
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ELOOP') return 'this is a symbolic link that leads back to itself';
  if (code === 'EACCES' || code === 'EPERM') return 'this file may not be read by this user';
  if (code === 'ENOENT') return 'this file does not exist';
  if (code === 'EISDIR') return 'this is a folder';
  return `this file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function problem(file: string, code: Diagnostic['code'], message: string, hint?: string, line = 1): ReadSource {
  const range = { file, line, column: 1, length: 1 };
  return { diagnostic: { code, severity: 'error', message, range, ...(hint !== undefined && { hint }) } };
}
