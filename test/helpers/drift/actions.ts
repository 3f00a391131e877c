import type { StoredObject } from '../../../src/sandbox/store.ts';
import { type Hands, manifestOf } from './hands.ts';

/** Something that somebody else does to an object that a run touches. */
export interface Action {
  readonly name: string;
  /** The field manager that the report must name; absent where the API server keeps none, as of deletions. */
  readonly by?: string;
  /** Does it; what it gives ends what goes on. `original` is the object as it was before the run, undefined if the run made it. */
  act(hands: Hands, original: StoredObject | undefined): Promise<void | (() => void)>;
  /** What must be there at the end, from what there would be without it; undefined: nothing. */
  after(without: StoredObject | undefined): StoredObject | undefined;
  /** Adds something of theirs, so that an object which the run created must stay. */
  readonly adds?: boolean;
  /** There is nothing to compare. */
  readonly noDiff?: boolean;
  /** Only while something of ours is on the object. */
  readonly ofMarks?: boolean;
  /** Needs an object that was there before the run. */
  readonly ofExisting?: boolean;
  /** A deletion and a creation, between which somebody may look. */
  readonly most?: number;
  /** With the real kubectl, which takes its time. */
  readonly isSlow?: boolean;
}

export interface Route {
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** The HTTP routes of a VirtualService. */
export function routesOf(object: StoredObject): Route[] {
  return ((object['spec'] ?? {}) as { http?: Route[] }).http ?? [];
}

/** Whether a route carries our fault, by its name. */
export function isOurs({ name = '' }: Route): boolean {
  return name.startsWith('holdfast-');
}

function setRoutes(object: StoredObject, change: (routes: Route[]) => Route[]): void {
  object['spec'] = { ...(object['spec'] as object), http: change(routesOf(object)) };
}

const same = (object: StoredObject | undefined): StoredObject | undefined => object;

/** The result of a change, as an object of its own. */
export function changed(
  object: StoredObject | undefined,
  change: (object: StoredObject) => void,
): StoredObject | undefined {
  if (object === undefined) return undefined;
  const copy = structuredClone(object);
  change(copy);
  return copy;
}

const label = (object: StoredObject): void => {
  object.metadata.labels = { ...object.metadata.labels, team: 'blue' };
};
const slower = (object: StoredObject): void =>
  setRoutes(object, (routes) => routes.map((route) => (isOurs(route) ? route : { ...route, timeout: '9s' })));

/** Without what the writer must not say, or what only the server says. */
const asManifest = (original: StoredObject | undefined, change: (object: StoredObject) => void): StoredObject => {
  if (original === undefined) throw new Error('there is no original');
  const manifest = manifestOf(original);
  change(manifest);
  return manifest;
};

/** Does it with the real kubectl. */
export async function kubectl({ kubectl: run }: Hands, args: readonly string[], input?: StoredObject): Promise<void> {
  const result = await run?.(args, input && JSON.stringify(input));
  if (result?.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result?.stderr ?? 'is not there'}`);
}

/** Done to any object: taken away, put back, and our marks on it. */
export const COMMON: readonly Action[] = [
  { name: 'deleted', act: async (hands) => hands.remove(), after: () => undefined },
  {
    name: 'deleted and created anew',
    by: 'kubectl-create',
    most: 2,
    ofExisting: true,
    async act(hands, original) {
      await hands.remove();
      await hands.post('kubectl-create', asManifest(original, label));
    },
    after: (without) => changed(without, label),
  },
  ...(['label', 'record', 'label and record'] as const).map((what): Action => ({
    name: `${what} taken off`,
    ofMarks: true,
    act: (hands) => hands.put('cleaner', (object) => strip(object, what)),
    after: same,
  })),
  {
    name: 'given the label of another run',
    by: 'relabeller',
    ofMarks: true,
    act: (hands) =>
      hands.put('relabeller', ({ metadata }) => {
        metadata.labels = { ...metadata.labels, 'holdfast.dev/run': 'another' };
      }),
    after: same,
  },
];

function strip({ metadata }: StoredObject, what: string): void {
  for (const map of ['labels', 'annotations'] as const) {
    if (!what.includes(map === 'labels' ? 'label' : 'record')) continue;
    const rest = Object.entries(metadata[map] ?? {}).filter(([key]) => !key.startsWith('holdfast.dev/'));
    metadata[map] = Object.fromEntries(rest);
  }
}

/** Done to VirtualServices that carry a fault. */
export const OF_RULES: readonly Action[] = [
  {
    name: 'edited',
    by: 'kubectl-edit',
    adds: true,
    act: (hands) =>
      hands.put('kubectl-edit', (object) => {
        slower(object);
        label(object);
      }),
    after: (without) =>
      changed(without, (object) => {
        slower(object);
        label(object);
      }),
  },
  {
    name: 'applied again (kubectl apply)',
    by: 'kubectl-client-side-apply',
    ofExisting: true,
    isSlow: true,
    act: async (hands, original) => kubectl(hands, ['apply', '-f', '-'], asManifest(original, slower)),
    after: (without) => changed(without, slower),
  },
  {
    name: 'applied by the server (--force-conflicts)',
    by: 'kubectl',
    ofExisting: true,
    isSlow: true,
    act: async (hands, original) =>
      kubectl(hands, ['apply', '--server-side', '--force-conflicts', '-f', '-'], asManifest(original, slower)),
    after: (without) => changed(without, slower),
  },
  {
    name: 'replaced by what it was',
    by: 'kubectl-replace',
    ofMarks: true,
    ofExisting: true,
    act: (hands, original) =>
      hands.put('kubectl-replace', (object) => {
        const { metadata, ...body } = asManifest(original, () => undefined);
        Object.assign(object, body);
        object.metadata.labels = metadata.labels ?? {};
        object.metadata.annotations = metadata.annotations ?? {};
      }),
    after: same,
  },
  {
    name: 'put back within a second, again and again',
    by: 'gitops',
    ofMarks: true,
    ofExisting: true,
    async act(hands, original) {
      const wanted = JSON.stringify(original?.['spec']);
      let [busy, over] = [false, false];
      const revert = async (): Promise<void> => {
        if (busy || over || JSON.stringify(hands.get()?.['spec']) === wanted) return;
        busy = true;
        await hands.put('gitops', (object) => void (object['spec'] = JSON.parse(wanted) as unknown)).catch(() => 0);
        busy = false;
      };
      await revert();
      const timer = setInterval(() => void revert(), 20);
      return () => {
        over = true;
        clearInterval(timer);
      };
    },
    after: same,
  },
  {
    name: 'rewritten by Flagger',
    by: 'flagger',
    ofExisting: true,
    act: (hands) => hands.put('flagger', canary),
    after: (without) => changed(without, canary),
  },
  {
    name: 'given a fault by another tool',
    by: 'other-tool',
    adds: true,
    act: (hands) => hands.put('other-tool', otherFault),
    after: (without) => changed(without, otherFault),
  },
  ...OWN_ROUTES(),
];

/** What people do to the routes that carry our fault. */
function OWN_ROUTES(): readonly Action[] {
  const own = (name: string, change: (routes: Route[]) => Route[], by?: string): Action => ({
    name,
    ofMarks: true,
    ...(by !== undefined && { by }),
    act: (hands) => hands.put('tinkerer', (object) => setRoutes(object, change)),
    after: same,
  });
  const each = (change: (route: Route) => Route) => (routes: Route[]) =>
    routes.map((route) => (isOurs(route) ? change(route) : route));
  const fault = { abort: { httpStatus: 500, percentage: { value: 100 } } };
  return [
    own(
      'our fault edited in place',
      each((route) => ({ ...route, fault })),
      'tinkerer',
    ),
    own(
      'our match widened',
      each((route) => ({ ...route, match: [{ uri: { prefix: '/' } }] })),
      'tinkerer',
    ),
    own(
      'our route moved behind',
      (routes) => [...routes].sort((a, b) => Number(isOurs(a)) - Number(isOurs(b))),
      'tinkerer',
    ),
    own(
      'our route renamed',
      each((route) => ({ ...route, name: `theirs-${route.name?.length ?? 0}` })),
      'tinkerer',
    ),
    own('our route taken out', (routes) => routes.filter((route) => !isOurs(route)), 'tinkerer'),
    {
      name: 'our route taken out and put back',
      by: 'tinkerer',
      ofMarks: true,
      noDiff: true,
      async act(hands) {
        const before = structuredClone(hands.get()?.['spec']);
        await hands.put('tinkerer', (object) => setRoutes(object, (routes) => routes.filter((it) => !isOurs(it))));
        await hands.put('tinkerer', (object) => void (object['spec'] = before));
      },
      after: same,
    },
  ];
}

function canary(object: StoredObject): void {
  const [route] = routesOf(object).filter((it) => !isOurs(it) && it['route'] !== undefined);
  const [first] = (route?.['route'] ?? []) as { destination: object }[];
  setRoutes(object, () => [{ retries: { attempts: 2 }, route: [{ destination: first?.destination, weight: 100 }] }]);
}

function otherFault(object: StoredObject): void {
  const theirs = (routes: Route[]): Route => {
    const { name: _name, ...plain } = routes.find((route) => !isOurs(route)) ?? {};
    const match = [{ headers: { 'x-other-tool': { exact: 'yes' } } }];
    return { ...plain, name: 'other-tool', match, fault: { abort: { httpStatus: 418, percentage: { value: 100 } } } };
  };
  setRoutes(object, (routes) => [theirs(routes), ...routes]);
}

/** Done to what a setup applied. */
export const OF_SETUPS: readonly Action[] = [
  {
    name: 'edited',
    by: 'kubectl-edit',
    adds: true,
    act: (hands) => hands.put('kubectl-edit', addition),
    after: (without) => changed(without, addition),
  },
  {
    name: 'labelled',
    by: 'kubectl-label',
    adds: true,
    act: (hands) => hands.put('kubectl-label', label),
    after: (without) => changed(without, label),
  },
];

function addition(object: StoredObject): void {
  label(object);
  object.metadata.annotations = { ...object.metadata.annotations, 'example.com/theirs': 'yes' };
  if (object.kind === 'ConfigMap') object['data'] = { ...(object['data'] as object), theirs: 'yes' };
  else if (object.kind !== 'ServiceAccount') object['spec'] = { ...(object['spec'] as object), exportTo: ['.'] };
}
