import type { Intervene, SeenRequest } from '../../../src/sandbox/api-server/intervention/intervene.ts';
import type { CommandLine } from '../command-line.ts';
import { type Crash, recoverFrom } from './crash-and-recover.ts';
import { runUndisturbed, startRun } from './event-points.ts';
import type { CrashWorld } from './world.ts';

/** A request of a run, and whether the runner is killed before it is handled or when it took effect, before its answer leaves. */
export interface ApiPoint {
  /** As `titleOf` gives it, with how many of these there were. */
  readonly request: string;
  readonly when: 'before' | 'after';
}

const CHANGES = new Set(['create', 'update', 'patch', 'delete']);

/** Runs it undisturbed: a point before each of its API requests, and for those that change something one after it too. */
export async function findApiPoints(
  world: CrashWorld,
  start: () => Promise<CommandLine>,
): Promise<readonly ApiPoint[]> {
  const points: ApiPoint[] = [];
  await runUndisturbed(world, start, () => {
    const count = counter();
    points.splice(0);
    world.interveneWith((request) => {
      const title = count(request);
      points.push({ request: title, when: 'before' });
      if (isChange(request)) points.push({ request: title, when: 'after' });
      return undefined;
    });
  });
  return points;
}

/** Kills a run of a fixture there, and recovers. */
export async function crashAtRequest(world: CrashWorld, kind: string, point: ApiPoint): Promise<Crash> {
  const killed = killAt(world, point);
  const runner = await startRun(world, kind);
  killed.victim(runner);
  await runner.ended;
  world.interveneWith(undefined);
  return recoverFrom(world, runner, `${point.when} ${point.request}`, 'in here');
}

/** Arms a kill at a point; tell it whom as soon as there is somebody. */
export function killAt(world: CrashWorld, point: ApiPoint): { victim(line: CommandLine): void } {
  const count = counter();
  let name: (line: CommandLine) => void = () => undefined;
  const victim = new Promise<CommandLine>((resolve) => (name = resolve));
  const kill = async (): Promise<void> => {
    const line = await victim;
    line.process.kill('SIGKILL');
    await line.ended;
  };
  const intervene: Intervene = async (request) => {
    if (count(request) !== point.request) return undefined;
    if (point.when === 'after') return { answered: kill };
    await kill();
    return { misbehaviour: { kind: 'reset' } };
  };
  world.interveneWith(intervene);
  return { victim: (line) => name(line) };
}

/** Reviews are POSTs that change nothing. */
export function isChange({ verb, resource }: SeenRequest): boolean {
  return CHANGES.has(verb) && !resource.endsWith('authorization.k8s.io');
}

/** Titles that are the same in every run: requests that are sent side by side come in any order, so each kind is counted for itself. */
export function counter(): (request: SeenRequest) => string {
  const seen = new Map<string, number>();
  return (request) => {
    const title = titleOf(request);
    const nth = (seen.get(title) ?? 0) + 1;
    seen.set(title, nth);
    return `${title} #${nth}`;
  };
}

function titleOf({ verb, resource, subresource, namespace, name, path }: SeenRequest): string {
  const kind = resource === '' ? path : `${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  const object = [namespace, name].filter((it) => it !== undefined).join('/');
  // Names of runs, and of pods that were replaced, differ from run to run.
  return `${verb} ${kind} ${object}`
    .replaceAll(/\d{8}-\d{6}-[a-z0-9]{4}/g, 'RUN')
    .replaceAll(/(-v\d)-[a-z0-9]+-[a-z0-9]{5}\b/g, '$1-POD');
}
