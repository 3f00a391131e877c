import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { RunnerLoad } from '../../model/runner-load.ts';

/** Time of all processors since they started, in a unit of the system's. */
export interface CpuTimes {
  readonly busy: number;
  readonly idle: number;
  readonly stolen: number;
}

/** What the system says now: `/proc/stat` where there is one, for it alone knows of stolen time. */
export function readCpuTimes(): CpuTimes {
  try {
    return parseProcStat(readFileSync('/proc/stat', 'utf8'));
  } catch {
    const all = cpus().map(({ times }) => times);
    const sum = (part: (times: (typeof all)[number]) => number): number =>
      all.reduce((total, times) => total + part(times), 0);
    return {
      busy: sum(({ user, nice, sys, irq }) => user + nice + sys + irq),
      idle: sum(({ idle }) => idle),
      stolen: 0,
    };
  }
}

/** The first line is all processors together: user nice system idle iowait irq softirq steal ... Source: proc(5). */
export function parseProcStat(text: string): CpuTimes {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = (/^cpu +(.*)$/m.exec(text)?.[1] ?? '')
    .split(' ')
    .map(Number);
  if (steal === undefined) throw new Error('/proc/stat has no line of all processors');
  const work = [user, nice, system, irq, softirq].reduce<number>((total, part) => total + (part ?? 0), 0);
  return { busy: work, idle: (idle ?? 0) + (iowait ?? 0), stolen: steal };
}

/** The shares of the time between two readings; undefined when no time has been counted. */
export function cpuLoad(before: CpuTimes, after: CpuTimes): RunnerLoad['cpu'] | undefined {
  const busy = after.busy - before.busy;
  const stolen = after.stolen - before.stolen;
  const all = busy + stolen + after.idle - before.idle;
  return all > 0 ? { busy: busy / all, stolen: stolen / all } : undefined;
}
