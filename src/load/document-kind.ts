import { nearestName } from '../util/nearest-name.ts';
import type { Problem } from './diagnostic.ts';
import { API_VERSION, KIND } from './schema/experiment.ts';
import { shown } from './schema/said.ts';

const GROUP = 'holdfast.dev';

export type DocumentKind = 'experiment' | 'other' | Problem;

/** A text without these words holds nothing for us and is not even parsed when a folder is searched. */
export function mayHoldExperiment(text: string): boolean {
  return text.includes(GROUP) || text.includes(KIND);
}

/**
 * An experiment, something of others that is passed over, or a mistake. In a file that was named itself, a document
 * without apiVersion is a mistake; in a folder only when it calls itself an Experiment.
 */
export function documentKind(value: unknown, named: boolean): DocumentKind {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return named && value !== null
      ? wrong([], 'this is not an experiment: it is not a mapping of keys and values')
      : 'other';
  }
  const { apiVersion, kind } = value as Record<string, unknown>;
  if (apiVersion === undefined) {
    if (!named && kind !== KIND) return 'other';
    const near = nearestName('apiVersion', Object.keys(value));
    const hint =
      near === undefined
        ? `An experiment starts with apiVersion: ${API_VERSION}.`
        : `It says \`${near}\`; write \`apiVersion\`.`;
    return { code: 'MISSING_KEY', path: [], message: '`apiVersion` is missing at the top', hint };
  }
  if (typeof apiVersion !== 'string' || !apiVersion.startsWith(`${GROUP}/`)) {
    const group = typeof apiVersion === 'string' ? (apiVersion.split('/')[0] ?? '') : '';
    if (kind !== KIND || nearestName(group, [GROUP]) === undefined) return 'other';
    return wrong(['apiVersion'], `${shown(apiVersion)} is not known`, `Did you mean ${API_VERSION}?`);
  }
  if (apiVersion !== API_VERSION)
    return wrong(
      ['apiVersion'],
      `\`${apiVersion}\` is not a version that this Holdfast reads`,
      `Allowed: ${API_VERSION}.`,
    );
  if (kind === KIND) return 'experiment';
  const message = kind === undefined ? '`kind` is missing at the top' : `${shown(kind)} is not a kind of ${GROUP}`;
  return { code: 'UNKNOWN_KIND', path: kind === undefined ? [] : ['kind'], message, hint: `Allowed: ${KIND}.` };
}

function wrong(path: readonly string[], message: string, hint?: string): Problem {
  return { code: 'UNKNOWN_KIND', path, message, ...(hint !== undefined && { hint }) };
}
