import * as z from 'zod';
import { patterns, policy } from './policy.ts';
import { flag, line, mapping, numberIn } from './scalars.ts';

const REPORTERS = ['junit', 'json'] as const;

/** `holdfast.config.yaml`: what a team sets once instead of typing it. A flag wins over it. */
export const configDocument = mapping({
  $schema: z.string().optional(),
  context: line().optional().meta({ description: 'Context of the kubeconfig to use.' }),
  kubeconfig: line().optional().meta({ description: 'Kubeconfig file, relative to this file.' }),
  protectedContexts: patterns.optional().meta({ description: 'Contexts that are refused; * stands for any text.' }),
  protectedNamespaces: patterns
    .optional()
    .meta({ description: 'Namespaces that no fault may touch; * stands for any text.' }),
  policy: policy.optional().meta({ description: 'What is allowed on the clusters of this team.' }),
  requireSweeper: flag().optional().meta({ description: 'Refuse to run where no sweeper is at work.' }),
  output: line().optional().meta({ description: 'Report folder, relative to this file.' }),
  reporter: z.array(z.enum(REPORTERS)).optional().meta({ description: 'Reports to write.' }),
  workers: numberIn({ min: 1, max: 64 }).optional().meta({ description: 'Experiments side by side.' }),
});

export type ConfigDocument = z.output<typeof configDocument>;
