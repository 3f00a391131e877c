import { spread } from './measure.mjs';
import { inWorld, runFile, write } from './world.mjs';

const ROUNDS = 7;
/** What the users see is no matter here, so the hypothesis may break. */
const VERDICTS = [0, 1, 4];
const PROPAGATION = 'propagation delay of the sandbox 100 ms';
const OPERATOR = "the sandbox's operator takes 30 to 90 ms for a command";

/** Each kind of fault, how it is shown to bite, and what stands beside its times. */
const FAULTS = [
  {
    what: 'Istio delay',
    yaml: 'delay: {service: ratings, fixedDelay: 200ms}',
    proof: '{latency: {min: ">= 190ms"}}',
    aim: '< 100 + 150 ms',
    beside: [PROPAGATION, PROPAGATION],
  },
  {
    what: 'ChaosBlade network delay on pods',
    yaml: 'networkDelay: {pod: {labels: {app: ratings}}, time: 200ms}',
    proof: '{latency: {min: ">= 190ms"}}',
    aim: '-',
    beside: [OPERATOR, OPERATOR],
  },
  {
    what: 'ChaosBlade network loss on a node',
    yaml: "networkLoss: {node: holdfast-control-plane, percent: 100, nodePortOf: 'istio-system/istio-ingressgateway:80'}",
    proof: '{errors: {timeout: ">= 100%"}}',
    aim: '-',
    beside: [`${OPERATOR}; the proof's own timeout of 300 ms`, OPERATOR],
  },
  {
    what: 'pod kill',
    yaml: 'podKill: {labels: {app: ratings}, gracePeriod: 0s, allowAllReplicas: true}',
    aim: '-',
    beside: ['one DELETE and a look', 'a pod of the sandbox takes 150 ms to start'],
  },
];

/** From the write that injects to the proof that it bites, and from the one that takes it back to the proof that it is gone. */
export async function benchFaults() {
  return inWorld(async (world) => {
    const figures = FAULTS.map(() => ({ effect: [], gone: [] }));
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [index, fault] of FAULTS.entries()) {
        const file = write(world, `fault-${index}`, experiment(fault, index));
        const { experiments } = await runFile(world, file, `fault-${index}-${round}`, VERDICTS);
        const [{ proven, undone, timeToEffectMs, timeToGoneMs }] = experiments[0].faults;
        if (!proven || !undone) throw new Error(`${fault.what} was not proven or not undone`);
        if (round === 0) continue;
        figures[index].effect.push(timeToEffectMs);
        figures[index].gone.push(timeToGoneMs);
      }
    }
    return FAULTS.flatMap(({ what, aim, beside }, index) => [
      { what: `${what}: inject to proven`, figure: `${spread(figures[index].effect)} ms`, aim, beside: beside[0] },
      { what: `${what}: rollback to gone`, figure: `${spread(figures[index].gone)} ms`, aim, beside: beside[1] },
    ]);
  });
}

function experiment({ yaml, proof }, index) {
  const asked = `
      proof: {http: {path: /api/v1/products/0/ratings, freshConnection: true, timeout: 300ms}, expect: ${proof}}`;
  return `apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: fault-${index}}
spec:
  phases: {baseline: 300ms, fault: 100ms, recovery: {within: 20s, stable: 300ms}}
  hypothesis:
    - name: ratings
      http: {path: /api/v1/products/0/ratings, freshConnection: true, timeout: 1s}
      rate: 20/s
      expect: {status: 200}
  faults:
    - name: fault
      ${yaml}${proof === undefined ? '' : asked}
`;
}
