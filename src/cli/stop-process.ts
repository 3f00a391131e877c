import { setTimeout as wait } from 'node:timers/promises';

const GRACE_MS = 3000;

/** Ends a process with TERM, after some seconds with KILL; resolves when it is gone, at once if it is already. */
export async function stopProcess(pid: number, exited: Promise<void> = untilGone(pid)): Promise<void> {
  if (!send(pid, 'SIGTERM')) return;
  const patience = new AbortController();
  const late = wait(GRACE_MS, 'late', { signal: patience.signal }).catch(() => 'stopped');
  const outcome = await Promise.race([exited, late]);
  patience.abort();
  if (outcome !== 'late') return;
  send(pid, 'SIGKILL');
  await exited;
}

async function untilGone(pid: number): Promise<void> {
  for (let looked = 0; looked < 400 && send(pid, 0); looked += 1) await wait(10);
}

/** False when there is no such process, or it belongs to somebody else. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
