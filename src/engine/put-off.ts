/** Work that can wait until the faults are out. */
export interface PutOff {
  later(work: () => void): void;
  /** Does what was put off. */
  catchUp(): void;
}

/** What goes wrong with one piece of work is told, and keeps no other from being done. */
export function createPutOff(onError: (error: unknown) => void): PutOff {
  const waiting: (() => void)[] = [];
  return {
    later: (work) => void waiting.push(work),
    catchUp() {
      for (const work of waiting.splice(0)) {
        try {
          work();
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
