import type { LoopLoad, RunnerLoad } from '../../model/runner-load.ts';
import { cpuLoad, readCpuTimes } from './cpu-times.ts';
import { watchLoop } from './watch-loop.ts';

/** Watches the main thread and the machine, and puts what the probe thread says of itself beside it. */
export interface RunnerWatch {
  /** The load since the last call, or since the start. */
  take(probes: LoopLoad): RunnerLoad;
  stop(): void;
}

export function watchRunner(): RunnerWatch {
  const main = watchLoop();
  let before = readCpuTimes();
  let since = performance.now();
  return {
    take(probes) {
      const after = readCpuTimes();
      const now = performance.now();
      const cpu = cpuLoad(before, after);
      const load = { overMs: now - since, probes, main: main.take(), ...(cpu !== undefined && { cpu }) };
      before = after;
      since = now;
      return load;
    },
    stop: main.stop,
  };
}
