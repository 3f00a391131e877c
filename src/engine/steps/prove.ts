import { type PreparedLab, step } from '../lab.ts';
import { proveFault } from '../prove.ts';

/** Shows that the faults bite. Resolves with whether all of them do; where not, the fault phase would prove nothing. */
export async function prove(lab: PreparedLab): Promise<boolean> {
  const injected = lab.faults.filter((it) => it.injected !== undefined);
  if (injected.length === 0) return true;
  const names = injected.map((it) => it.fault.name).join(', ');
  return step(lab, 'prove', `Show that ${names} ${injected.length > 1 ? 'bite' : 'bites'}`, async () => {
    await Promise.all(injected.map(async (it) => proveFault(lab, it)));
    return injected.every((it) => it.proven === true);
  });
}
