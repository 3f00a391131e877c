import * as z from 'zod';
import { parseDuration } from '../../model/duration.ts';
import type { BladeSelection, ChaosBladeFaultSpec } from '../../model/fault.ts';
import { wholeSeconds } from './blade-scalars.ts';
import { complain, said, shown } from './said.ts';
import { flag, line, mapping } from './scalars.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: (issue) =>
    issue.input == null ? undefined : said(`${shown(issue.input)} is not text`, 'Allowed: text, or a list of texts.'),
});
const matchers = z.record(
  z.string(),
  z.union([scalar, z.array(scalar)]).transform((value) => [value].flat().map(String).join(',')),
);

/** Any ChaosBlade experiment verbatim: `{scope, target, action, matchers: {name: value}}`. */
export const blade = mapping({
  scope: z.enum(['node', 'pod', 'container']),
  target: line().meta({ examples: ['network', 'cpu'] }),
  action: line().meta({ examples: ['loss', 'fullload'] }),
  matchers: matchers.meta({
    description: "ChaosBlade's own flags; a list is joined with commas.",
    examples: [{ names: 'worker-1', percent: 60, interface: 'eth0', 'local-port': 31966 }],
  }),
  timeout: wholeSeconds().optional().meta({ description: 'After which the cluster ends the fault by itself.' }),
  allowWholeNode: flag().optional().meta({ description: 'Accepts a network fault on everything that a node sends.' }),
}).transform((written, context): ChaosBladeFaultSpec => {
  const { names, namespace, labels, timeout, ...rest } = written.matchers;
  const { 'evict-count': count, 'evict-percent': percent, ...flags } = rest;
  if (timeout !== undefined && written.timeout !== undefined)
    return complain(context, '`timeout` stands both beside and inside `matchers`', undefined, ['matchers', 'timeout']);
  const limit = written.timeout ?? (timeout === undefined ? undefined : readTimeout(timeout, context));
  const select: BladeSelection = {
    ...(names !== undefined && { names: names.split(',').map((name) => name.trim()) }),
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels: readLabels(labels, context) }),
    ...(count !== undefined && { count: readCount('evict-count', count, context) }),
    ...(percent !== undefined && { percent: readCount('evict-percent', percent, context) }),
  };
  return {
    driver: 'chaosblade',
    scope: written.scope,
    target: written.target,
    action: written.action,
    select,
    flags,
    ...(limit !== undefined && { timeout: limit }),
    allowWholeNode: written.allowWholeNode ?? false,
  };
});

/** Whole seconds, or a Go duration. */
function readTimeout(text: string, context: z.core.ParsePayload): number {
  const read = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  if (read.ok && read.value >= 1000 && read.value % 1000 === 0) return read.value;
  return complain(context, `${shown(text)} is not a number of seconds`, 'Allowed: seconds, or a duration such as 2m.', [
    'matchers',
    'timeout',
  ]);
}

function readCount(name: string, text: string, context: z.core.ParsePayload): number {
  if (/^[1-9]\d*$/.test(text) && (name !== 'evict-percent' || Number(text) <= 100)) return Number(text);
  return complain(context, `${shown(text)} is not a positive whole number`, undefined, ['matchers', name]);
}

/** `k=v,k2=v2`. The operator ignores what has no `=`, and would so hit more than was meant. */
function readLabels(text: string, context: z.core.ParsePayload): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.trim().split('='));
  const wrong = pairs.find((pair) => pair.length !== 2 || pair[0] === '');
  const path = ['matchers', 'labels'];
  if (wrong !== undefined)
    return complain(context, `${shown(wrong.join('='))} is not a label`, 'Write them as app=ratings,version=v1.', path);
  const labels = Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]));
  if (Object.keys(labels).length === pairs.length) return labels;
  return complain(context, 'a label key stands there twice', 'Select by names, or use several faults.', path);
}
