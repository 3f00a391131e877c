import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { HolderProcess, LeaseHolder } from './holder.ts';

/** This process as the holder of leases for a run. */
export function thisHolder(run: string): LeaseHolder {
  return {
    run,
    host: { name: hostname(), boot: bootId() },
    process: { pid: process.pid, started: startTime(process.pid) ?? '' },
  };
}

/** Whether a process of this host still runs; a later process with the same number does not count. */
export function isProcessAlive({ pid, started }: HolderProcess): boolean {
  const found = startTime(pid);
  if (found !== undefined) return found === started;
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Start time in clock ticks since boot, from /proc (proc_pid_stat(5), field 22); undefined where there is none. */
function startTime(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The command, in parentheses, may hold spaces and parentheses itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields?.[0] === 'Z';
  return isZombie ? undefined : fields?.[19];
}

/** The boot and, since containers on one machine share it, the space in which process numbers count. */
function bootId(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const processes = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return [boot, processes?.replaceAll(/\D/g, '')].filter((part) => part !== undefined).join('-');
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
