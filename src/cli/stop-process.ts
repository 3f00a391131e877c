import { setTimeout as wait } from 'node:timers/promises';

const GRACE_MS = 3000;

/** Ends a process with TERM, after some seconds with KILL; resolves when `exited` does, at once if it is gone already. */
export async function stopProcess(pid: number, exited: Promise<void>): Promise<void> {
  if (!send(pid, 'SIGTERM')) return;
  const patience = new AbortController();
  const late = wait(GRACE_MS, 'late', { signal: patience.signal }).catch(() => 'stopped');
  const outcome = await Promise.race([exited, late]);
  patience.abort();
  if (outcome !== 'late') return;
  send(pid, 'SIGKILL');
  await exited;
}

/** False when there is no such process, or it belongs to somebody else. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
