import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { ListOptions, Resource } from './cluster.ts';
import { read, type Caller } from './http/call.ts';
import { jsonOf } from './http/json.ts';
import { apiVersionOf, collectionPath, describeCollection, query, selectors } from './paths.ts';

export interface Listed {
  readonly objects: readonly KubernetesObject[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

const PAGE = '500';

/** Lists a collection page by page; when a page token expires (410) it starts over and takes everything at once. */
export async function list(caller: Caller, resource: Resource, options: ListOptions): Promise<Listed> {
  try {
    return await listPages(caller, resource, options, PAGE);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.details.status !== 410) throw error;
    return listPages(caller, resource, options, undefined);
  }
}

interface ListPage {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly KubernetesObject[] | null;
}

async function listPages(
  caller: Caller,
  resource: Resource,
  options: ListOptions,
  limit: string | undefined,
): Promise<Listed> {
  const objects: KubernetesObject[] = [];
  for (let next: string | undefined; ;) {
    const values = { ...selectors(options), limit, continue: next };
    const path = collectionPath(resource, options.namespace) + query(values);
    const what = describeCollection(resource, options);
    const answer = await read(caller, { method: 'GET', path }, { ...options, what });
    const page = jsonOf(answer, what) as ListPage;
    // Items of built-in kinds come without apiVersion and kind.
    const head = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    for (const item of page.items ?? []) objects.push({ ...head, ...item });
    next = page.metadata?.continue;
    if (next === undefined || next === '') {
      return { objects, resourceVersion: page.metadata?.resourceVersion ?? '' };
    }
  }
}
