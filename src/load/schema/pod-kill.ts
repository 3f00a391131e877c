import * as z from 'zod';
import type { BladeSelection, ChaosBladeFaultSpec, PodKillFaultSpec } from '../../model/fault.ts';
import { complain, said } from './said.ts';
import { duration, flag, line, mapping, numberIn, textMap } from './scalars.ts';

const names = z.array(line()).check(
  z.superRefine((list, context) => {
    if (list.length === 0) context.addIssue({ code: 'custom', message: said('no name is given') });
    const twice = list.find((name, index) => list.indexOf(name) !== index);
    if (twice !== undefined) context.addIssue({ code: 'custom', message: said(`\`${twice}\` stands here twice`) });
  }),
);
const labels = textMap().check(
  z.refine((map) => Object.keys(map).length > 0, {
    error: said('no label is given', 'Without one every pod of the namespace would be meant.'),
  }),
);
const wholeSeconds = duration().check(
  z.refine((ms) => ms % 1000 === 0, { error: said('this is not a whole number of seconds, which Kubernetes counts') }),
);
const VIAS = ['kubernetes', 'chaosblade'] as const;

/** `podKill`, read as the spec of the driver that carries it out. */
export const podKill = mapping({
  labels: labels.optional().meta({ description: 'Pods with these labels.', examples: [{ app: 'ratings' }] }),
  names: names.optional().meta({ description: 'Pods of these names.' }),
  namespace: line().optional().meta({ description: "Default: the experiment's namespace." }),
  count: numberIn({ min: 1, max: 10_000 })
    .optional()
    .meta({ description: 'How many of them, drawn at random; default 1.' }),
  percent: numberIn({ min: 1, max: 100 })
    .optional()
    .meta({ description: 'Or: which share of them, in percent, rounded down.' }),
  all: flag().optional().meta({ description: 'Or: all of them.' }),
  gracePeriod: wholeSeconds
    .optional()
    .meta({ description: "Whole seconds; 0s is at once. Default: the pod's own.", examples: ['0s', '30s'] }),
  every: duration(1000).optional().meta({ description: 'Kill again so often while the fault is in.' }),
  seed: numberIn({ min: 0, max: 4_294_967_295 })
    .optional()
    .meta({ description: 'Of the draw; without one it is drawn itself, and printed.' }),
  allowBare: flag().optional().meta({ description: 'Also kill named pods that nothing replaces.' }),
  allowAllReplicas: flag().optional().meta({ description: 'Also kill the last ready replica of an owner.' }),
  via: z.enum(VIAS).optional().meta({ description: 'Who deletes the pods; default kubernetes.' }),
}).transform((written, context): PodKillFaultSpec | ChaosBladeFaultSpec => {
  if ((written.labels === undefined) === (written.names === undefined))
    return complain(context, 'a kill has exactly one of labels and names');
  const takes = [written.count, written.percent, written.all === true ? true : undefined];
  if (takes.filter((take) => take !== undefined).length > 1)
    return complain(context, 'a kill has at most one of count, percent and all', 'Without any it kills one pod.');
  return written.via === 'chaosblade' ? viaBlade(written, context) : viaKubernetes(written);
});

interface Written {
  readonly labels?: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
  readonly namespace?: string;
  readonly count?: number;
  readonly percent?: number;
  readonly all?: boolean;
  readonly gracePeriod?: number;
  readonly every?: number;
  readonly seed?: number;
  readonly allowBare?: boolean;
  readonly allowAllReplicas?: boolean;
}

function viaKubernetes(written: Written): PodKillFaultSpec {
  const { labels = {}, names: named, namespace, count = 1, percent, all, gracePeriod, every, seed } = written;
  return {
    driver: 'pod-kill',
    ...(namespace !== undefined && { namespace }),
    select: named === undefined ? { kind: 'labels', labels } : { kind: 'names', names: named },
    take:
      all === true ? { kind: 'all' } : percent === undefined ? { kind: 'count', count } : { kind: 'percent', percent },
    ...(gracePeriod !== undefined && { gracePeriod }),
    ...(every !== undefined && { every }),
    ...(seed !== undefined && { seed }),
    allowBare: written.allowBare ?? false,
    allowAllReplicas: written.allowAllReplicas ?? false,
  };
}

/** What the operator has no matcher for: it sends one plain DELETE for each pod. Source: chaosblade-operator, pod delete. */
const NOT_VIA_BLADE = ['gracePeriod', 'every', 'seed', 'allowBare', 'allowAllReplicas'] as const;

function viaBlade(written: Written, context: z.core.ParsePayload): ChaosBladeFaultSpec {
  const alien = NOT_VIA_BLADE.find((key) => written[key] !== undefined);
  if (alien !== undefined) {
    const hint = 'ChaosBlade deletes each pod once, with its own grace period. Leave `via` out to have this.';
    return complain(context, `\`${alien}\` is not possible via chaosblade`, hint, [alien]);
  }
  const { labels: labelled, names: named, namespace, count = 1, percent, all } = written;
  const select: BladeSelection = {
    ...(namespace !== undefined && { namespace }),
    ...(named !== undefined && { names: named }),
    ...(labelled !== undefined && { labels: labelled }),
    ...(all !== true && (percent === undefined ? { count } : { percent })),
  };
  const random = all !== true && { random: 'true' };
  return {
    driver: 'chaosblade',
    scope: 'pod',
    target: 'pod',
    action: 'delete',
    select,
    flags: { ...random },
    allowWholeNode: false,
  };
}
