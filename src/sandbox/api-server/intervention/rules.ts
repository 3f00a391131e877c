import type { Store } from '../../store.ts';
import type { Admission } from '../backend.ts';
import { isObject } from '../json.ts';
import type { Intervene, SeenRequest } from './intervene.ts';
import { parseRule, type Rule } from './rule.ts';

const NAMESPACE = 'kube-system';
const CONFIG_MAP = 'holdfast-sandbox-api';

/** What the rules in the ConfigMap `holdfast-sandbox-api` of `kube-system` let happen; read anew when it changes. */
export function rulesOf(store: Store): Intervene {
  let uidOfRules = '';
  let seen = new Map<string, number>();
  return (request) => {
    if (isAboutRules(request)) return undefined;
    const map = store.get('configmaps', NAMESPACE, CONFIG_MAP);
    if (map?.metadata.uid !== uidOfRules) {
      uidOfRules = map?.metadata.uid ?? '';
      seen = new Map();
    }
    for (const [key, text] of linesOf(map?.['data'])) {
      const rule = parseRule(text);
      if (typeof rule === 'string' || !isMeant(rule, request)) continue;
      const line = `${key}: ${text}`;
      const nth = (seen.get(line) ?? 0) + 1;
      seen.set(line, nth);
      if (nth > rule.after && nth <= rule.after + rule.count) return { misbehaviour: rule.misbehaviour };
    }
    return undefined;
  };
}

/** The same admission, which also refuses rules that cannot be read. */
export function withRuleCheck(admission: Admission | undefined): Admission {
  return (operation, resource, object, old) => {
    const { name, namespace } = object.metadata;
    if (resource === 'configmaps' && name === CONFIG_MAP && namespace === NAMESPACE) {
      const causes = linesOf(object['data']).flatMap(([key, text]) => {
        const rule = parseRule(text);
        return typeof rule === 'string' ? [{ reason: 'FieldValueInvalid', field: `data.${key}`, message: rule }] : [];
      });
      const texts = causes.map(({ field, message }) => `${field}: ${message}`);
      const message = `ConfigMap "${name}" is invalid: ${texts.join('; ')}`;
      if (causes.length > 0) return { denied: { code: 422, reason: 'Invalid', message, causes }, warnings: [] };
    }
    return admission?.(operation, resource, object, old) ?? { warnings: [] };
  };
}

/** Whoever sets or takes away rules is never hindered by them. */
function isAboutRules({ resource, namespace, name = CONFIG_MAP }: SeenRequest): boolean {
  return resource === 'configmaps' && namespace === NAMESPACE && name === CONFIG_MAP;
}

function linesOf(data: unknown): [string, string][] {
  if (!isObject(data)) return [];
  return Object.entries(data)
    .map(([key, text]): [string, string] => [key, String(text)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function isMeant({ where }: Rule, request: SeenRequest): boolean {
  const { verb, resource, subresource, namespace, name, path, userAgent } = request;
  // Discovery is left alone unless it is asked for: kubectl needs it to take a rule away.
  if (where.path === undefined && resource === '') return false;
  const kind = subresource === undefined ? resource : `${resource}/${subresource}`;
  return (
    (where.verb?.split(',').includes(verb) ?? true) &&
    (where.resource?.split(',').includes(kind) ?? true) &&
    (where.namespace ?? namespace) === namespace &&
    (where.name ?? name) === name &&
    path.startsWith(where.path ?? '') &&
    userAgent.startsWith(where.agent ?? '')
  );
}
