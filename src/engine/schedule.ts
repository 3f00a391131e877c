/** What a task needs for itself; undefined: everything, because its needs are not known. */
export type Keys = readonly string[] | undefined;

export interface Task {
  readonly keys: Keys;
  run(worker: number): Promise<void>;
}

/**
 * Runs tasks on so many workers, each as early as its place in the list and its keys allow: tasks that share a key run
 * one after another, in the order of the list.
 */
export async function runTasks(tasks: readonly Task[], workers: number): Promise<void> {
  const waiting = [...tasks];
  const running = new Map<Task, Promise<void>>();

  const work = async (worker: number): Promise<void> => {
    while (waiting.length > 0) {
      const task = firstFree(waiting, [...running.keys()]);
      if (task === undefined) {
        await Promise.race(running.values());
        continue;
      }
      waiting.splice(waiting.indexOf(task), 1);
      const done = task.run(worker).finally(() => running.delete(task));
      running.set(task, done);
      await done;
    }
  };
  await Promise.all(Array.from({ length: workers }, async (_, worker) => work(worker)));
}

/** The first task that shares nothing with what runs, nor with what comes before it and still waits. */
function firstFree(waiting: readonly Task[], running: readonly Task[]): Task | undefined {
  const before = [...running];
  for (const task of waiting) {
    if (before.every((it) => !shares(task, it))) return task;
    before.push(task);
  }
  return undefined;
}

function shares(one: Task, other: Task): boolean {
  if (one.keys === undefined || other.keys === undefined) return true;
  return one.keys.some((key) => other.keys?.includes(key));
}
