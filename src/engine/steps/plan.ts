import { HoldfastError } from '../../model/errors.ts';
import { isRefusal } from '../../model/policy.ts';
import { clearLeftovers } from '../clear-leftovers.ts';
import { type ConnectedLab, type PreparedLab, contextOf, step } from '../lab.ts';
import { findLeftovers, inTheWay } from '../leftovers.ts';
import { leftElsewhere } from '../left-elsewhere.ts';
import { type Prepared, prepare, touchedBy, withFindings } from '../prepare.ts';

/** Reads what the faults and the setup will touch; says exactly what will be written, before anything is. */
export async function plan(lab: ConnectedLab): Promise<PreparedLab> {
  return step(lab, 'plan', 'Work out what will be written', async () => {
    const prepared = await prepareCleared(lab);
    lab.book.faults(prepared.faults);
    for (const finding of prepared.plan.findings) lab.emit({ type: 'finding', finding });
    lab.emit({ type: 'planned', plan: prepared.plan });
    return { ...lab, ...prepared };
  });
}

/** Leftovers may stand in the way of the plan itself, so they are looked for beside it. */
async function prepareCleared(lab: ConnectedLab): Promise<Prepared> {
  const [first, leftovers] = await Promise.all([
    prepare(lab).then(
      (prepared) => ({ prepared, touched: touchedBy(prepared) }),
      (error: unknown) => ({ error, touched: whereOf(error) }),
    ),
    findLeftovers(lab.world, contextOf(lab), (driver, error) => {
      if (lab.experiment.faults.some(({ spec }) => spec.driver === driver)) throw error;
      lab.emit({ type: 'note', text: `what earlier ${driver} faults may have left cannot be seen: ${error.message}` });
    }),
  ]);
  // What is refused is not even recovered for.
  if ('prepared' in first && first.prepared.plan.findings.some(isRefusal)) return first.prepared;
  const blocking = inTheWay(leftovers, first.touched);
  const cleared = await clearLeftovers(lab, blocking);
  if (cleared === 'clear' && 'error' in first) throw first.error;
  const prepared = 'prepared' in first && cleared === 'clear' ? first.prepared : await prepare(lab);
  const others = leftovers.filter((it) => !blocking.includes(it));
  return withFindings(prepared, await leftElsewhere(lab, others));
}

function whereOf(error: unknown): ReadonlySet<string> {
  return new Set(error instanceof HoldfastError && error.details.where !== undefined ? [error.details.where] : []);
}
