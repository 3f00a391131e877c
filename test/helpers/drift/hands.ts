import type { StoredObject } from '../../../src/sandbox/store.ts';
import { callApi } from '../api-request.ts';
import { bindKubectl, findKubectls, type Kubectl } from '../kubectl.ts';
import type { TestSandbox } from '../start-sandbox.ts';

/** Where an object is. */
export interface Place {
  /** `plural.group` as the sandbox's store says it. */
  readonly resource: string;
  /** Of its kind, e.g. `/apis/apps/v1/namespaces/default/deployments`. */
  readonly path: string;
  readonly namespace?: string;
}

/** What somebody else can do to one object, under a name of their own. */
export interface Hands {
  readonly sandbox: TestSandbox;
  /** Undefined where there is none. */
  readonly kubectl: Kubectl | undefined;
  get(): StoredObject | undefined;
  /** PUT of the object as this leaves it. */
  put(manager: string, change: (object: StoredObject) => void): Promise<void>;
  post(manager: string, object: StoredObject): Promise<void>;
  remove(): Promise<void>;
}

export async function handsOn(sandbox: TestSandbox, place: Place, name: () => string): Promise<Hands> {
  const [found] = findKubectls();
  const get = (): StoredObject | undefined => sandbox.store.get(place.resource, place.namespace, name());
  return {
    sandbox,
    kubectl: found && (await bindKubectl(found.path, sandbox.kubeconfigPath, ['--context', sandbox.context])),
    get,
    async put(manager, change) {
      for (let left = 20; ; left -= 1) {
        const object = structuredClone(get());
        if (object === undefined) throw new Error(`${name()} is not there`);
        change(object);
        const body = JSON.parse(JSON.stringify(object)) as object;
        const query = `?fieldManager=${manager}`;
        const { status, text } = await callApi(sandbox.api, `${place.path}/${name()}${query}`, { method: 'PUT', body });
        if (status === 200) return;
        if (status !== 409 || left === 0) throw new Error(`${manager} could not write ${name()}: ${text}`);
      }
    },
    async post(manager, object) {
      const { status, text } = await callApi(sandbox.api, `${place.path}?fieldManager=${manager}`, { body: object });
      if (status !== 201) throw new Error(`${manager} could not create ${name()}: ${text}`);
    },
    async remove() {
      await callApi(sandbox.api, `${place.path}/${name()}`, { method: 'DELETE' });
    },
  };
}

/** A manifest as people keep it: without what the server adds. */
export function manifestOf({ apiVersion, kind, metadata, status: _status, ...body }: StoredObject): StoredObject {
  const { name, namespace, labels, annotations } = metadata;
  return JSON.parse(
    JSON.stringify({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...body }),
  ) as StoredObject;
}
