import * as z from 'zod';
import type { BladeSelection } from '../../model/fault.ts';
import { complain, said } from './said.ts';
import { line, mapping, numberIn, textMap } from './scalars.ts';

const names = z.union([
  line().transform((name) => [name]),
  z.array(line()).check(z.refine((list) => list.length > 0, { error: said('no name is given') })),
]);
const chosen = {
  names: names.optional().meta({ description: 'Exact object names.' }),
  labels: textMap()
    .check(z.refine((labels) => Object.keys(labels).length > 0, { error: said('no label is given') }))
    .optional()
    .meta({ examples: [{ app: 'ratings' }] }),
  count: numberIn({ min: 1, max: 10_000 }).optional().meta({ description: 'At most so many of those selected.' }),
  percent: numberIn({ min: 1, max: 100 }).optional().meta({ description: 'At most this share of those selected.' }),
};

/** Nodes: a name, or `{names, labels, count, percent}`. */
export const nodeSelection = selection(mapping(chosen), 'A node is named by `kubectl get nodes`, not by its address.');

/** Pods: a name, or the same with a namespace. */
export const podSelection = selection(
  mapping({
    ...chosen,
    namespace: line().optional().meta({ description: "Default: the experiment's namespace." }),
  }),
  'Write `labels` to hit pods whose names change.',
);

function selection<T extends z.ZodType<BladeSelection>>(keys: T, hint: string) {
  const several = keys.transform((written, context): BladeSelection => {
    if (written.names !== undefined || written.labels !== undefined) return written;
    return complain(context, 'neither names nor labels are given', hint);
  });
  return z.union([line().transform((name): BladeSelection => ({ names: [name] })), several]);
}
