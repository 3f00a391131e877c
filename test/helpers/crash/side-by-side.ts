import type { Crash } from './crash-and-recover.ts';
import { type CrashWorld, startCrashWorld } from './world.ts';

/** Worlds in which points are worked off side by side; one in which something was left is replaced by a fresh one. */
export interface Lanes {
  work<T>(points: readonly T[], crashAt: (world: CrashWorld, point: T) => Promise<Crash>): Promise<readonly Crash[]>;
  /** One world for as long as the work takes; after work that failed it is a fresh one. */
  borrow<T>(work: (world: CrashWorld) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Starts so many worlds. */
export async function startLanes(count: number): Promise<Lanes> {
  const worlds = await Promise.all(Array.from({ length: count }, async () => startCrashWorld()));
  const renew = async (lane: number): Promise<void> => {
    await worlds[lane]?.sandbox.close();
    worlds[lane] = await startCrashWorld();
  };
  return {
    async work(points, crashAt) {
      const crashes: Crash[] = [];
      const waiting = [...points];
      await Promise.all(
        worlds.map(async (_, lane) => {
          for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
            const crash = await crashAt(worlds[lane] as CrashWorld, point);
            crashes.push(crash);
            if (crash.troubles.length > 0) await renew(lane);
          }
        }),
      );
      return crashes;
    },
    async borrow(work) {
      try {
        return await work(worlds[0] as CrashWorld);
      } catch (error) {
        await renew(0);
        throw error;
      }
    },
    close: async () => void (await Promise.all(worlds.map(async ({ sandbox }) => sandbox.close()))),
  };
}
