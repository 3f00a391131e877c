import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { SandboxOptions } from './options.ts';
import { SCENARIOS } from './scenarios/scenario.ts';

/** How the process behaves, beside what it acts out. */
export interface ProcessOptions {
  /** Lives on when the process that started it is gone. */
  readonly detached: boolean;
}

/** Reads the arguments of the sandbox process; throws an Error that says what is wrong. */
export function parseOptions(args: readonly string[]): SandboxOptions & ProcessOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', default: 'bookinfo' },
      chaosblade: { type: 'string' },
      'istio-minor': { type: 'string', default: '24' },
      seed: { type: 'string' },
      'propagation-ms': { type: 'string', default: '100' },
      detached: { type: 'boolean', default: false },
      // Only there to be found in the process list by who started it.
      token: { type: 'string' },
    },
  });
  const scenario = scenarioOf(values.scenario);
  return {
    scenario,
    chaosblade: chaosbladeOf(values.chaosblade ?? (scenario === 'bookinfo' ? '1.8' : 'none')),
    istioMinor: count('istio-minor', values['istio-minor']),
    seed: values.seed === undefined ? randomInt(1, 2 ** 31) : count('seed', values.seed),
    propagationMs: count('propagation-ms', values['propagation-ms']),
    detached: values.detached,
  };
}

function scenarioOf(name: string): SandboxOptions['scenario'] {
  const known = Object.keys(SCENARIOS) as SandboxOptions['scenario'][];
  const found = known.find((scenario) => scenario === name);
  if (found === undefined) throw new Error(`unknown scenario "${name}"; there are ${known.join(', ')}`);
  return found;
}

function chaosbladeOf(name: string): SandboxOptions['chaosblade'] {
  const known = ['0.8', '1.8', 'none'] as const;
  const found = known.find((version) => version === name);
  if (found === undefined) throw new Error(`unknown ChaosBlade version "${name}"; there are ${known.join(', ')}`);
  return found;
}

function count(flag: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${flag} must be a whole number, got "${text}"`);
  return Number(text);
}
