import { judgeProof } from '../judge/judge-proof.ts';
import { type FaultRun, type PreparedLab } from './lab.ts';
import { IN_A_ROW } from './prove.ts';

/** Asks the proof probes before their faults are in. Resolves with whether all are negative: others prove nothing. */
export async function proofsAreSilent(lab: PreparedLab): Promise<boolean> {
  const silent = await Promise.all(lab.faults.map(async (run) => isSilent(lab, run)));
  return silent.every(Boolean);
}

async function isSilent(lab: PreparedLab, run: FaultRun): Promise<boolean> {
  const { name, proof } = run.fault;
  if (proof === undefined) return true;
  const sampler = await lab.sampler;
  for (let asked = 0; asked < IN_A_ROW; asked += 1) {
    const sample = await sampler.once(proof.http, proof.expect, lab.signal);
    if (!judgeProof(proof.expect, sample)) continue;
    run.proven = false;
    run.evidence.push('its proof probe is positive without the fault already, so it could not prove it');
    lab.emit({ type: 'fault-proven', fault: name, proven: false, evidence: run.evidence });
    return false;
  }
  return true;
}
