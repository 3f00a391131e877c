import type { KubernetesObject } from '../../src/model/kubernetes.ts';

/** Whether an object's labels satisfy a Kubernetes label selector (`a=b,c!=d,e in (f,g),!h`). */
export function matchesLabels(object: KubernetesObject, selector: string | undefined): boolean {
  const labels = object.metadata.labels ?? {};
  return splitTerms(selector).every((term) => matchesTerm(labels, term));
}

/** Whether an object satisfies a field selector (`metadata.name=a,status.phase!=Running`). */
export function matchesFields(object: KubernetesObject, selector: string | undefined): boolean {
  return splitTerms(selector).every((term) => {
    const [, path = '', operator = '=', wanted = ''] = /^([^=!]+)(!=|==?)(.*)$/.exec(term) ?? [];
    const actual = path.split('.').reduce<unknown>((value, key) => field(value, key), object);
    return ((typeof actual === 'string' ? actual : '') === wanted) === (operator !== '!=');
  });
}

function matchesTerm(labels: Readonly<Record<string, string>>, term: string): boolean {
  const [, key = '', operator = '', list = ''] = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(term) ?? [];
  if (operator !== '') {
    const listed = list.split(',').map((value) => value.trim());
    const found = labels[key] !== undefined && listed.includes(labels[key]);
    return found === (operator === 'in');
  }
  const [, name = '', comparison = '', wanted = ''] = /^([^=!]+)(!=|==?)(.*)$/.exec(term) ?? [];
  if (comparison !== '') return (labels[name.trim()] === wanted.trim()) === (comparison !== '!=');
  return term.startsWith('!') ? !(term.slice(1) in labels) : term in labels;
}

function splitTerms(selector: string | undefined): string[] {
  return (selector ?? '')
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
