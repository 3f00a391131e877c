import * as z from 'zod';
import { line, mapping, numberIn } from './scalars.ts';

const REPORTERS = ['junit', 'json'] as const;

const names = z.array(line());

/** `holdfast.config.yaml`: what a team sets once instead of typing it. A flag wins over it. */
export const configDocument = mapping({
  $schema: z.string().optional(),
  context: line().optional().meta({ description: 'Context of the kubeconfig to use.' }),
  kubeconfig: line().optional().meta({ description: 'Kubeconfig file, relative to this file.' }),
  protectedContexts: names.optional().meta({ description: 'Contexts that are refused; * stands for any text.' }),
  protectedNamespaces: names
    .optional()
    .meta({ description: 'Namespaces that no fault may touch; * stands for any text.' }),
  output: line().optional().meta({ description: 'Report folder, relative to this file.' }),
  reporter: z.array(z.enum(REPORTERS)).optional().meta({ description: 'Reports to write.' }),
  workers: numberIn({ min: 1, max: 64 }).optional().meta({ description: 'Experiments side by side.' }),
});

export type ConfigDocument = z.output<typeof configDocument>;
