import { type Cluster, recoverCommand } from '../../cluster/cluster.ts';
import type { ExperimentHead } from '../../model/event.ts';
import { type ConnectedLab, type Lab, step } from '../lab.ts';
import type { Ingress } from '../../cluster/ingress.ts';
import type { Sampler } from '../../probes/sampler.ts';
import { watchCreations } from '../../undo/late-creations.ts';
import { urlOf } from '../prepare.ts';
import type { World } from '../world.ts';

/** Finds the cluster and the way in, and starts the probe worker. */
export async function connect(lab: Lab, open: () => Promise<World>): Promise<ConnectedLab> {
  return step(lab, 'connect', `Connect for ${lab.head.name}`, async () => {
    const world = await open();
    lab.emit({ type: 'experiment-started', head: withTitles(lab, world), target: world.target });
    const ingress = await world.findIngress(lab.experiment, lab.signal);
    lab.emit({ type: 'ingress-found', url: urlOf(ingress), host: ingress.host, how: ingress.how });
    const sampler = openSampler(lab, world, ingress);
    // Its failure belongs to the step that awaits it.
    sampler.catch(() => undefined);
    return { ...lab, world: { ...world, cluster: outwaiting(lab, world.cluster) }, ingress, sampler };
  });
}

/** What is created after we gave up waiting for it goes out before the setup does. */
function outwaiting(lab: Lab, cluster: Cluster): Cluster {
  return watchCreations(cluster, lab.clock, ({ title, outwait }) =>
    lab.stack.push({ step: 'undo-setup', title, manual: [recoverCommand(cluster, lab.runId)], undo: outwait }),
  );
}

async function openSampler(lab: Lab, world: World, ingress: Ingress): Promise<Sampler> {
  const sampler = await world.openSampler({ ingress, epoch: lab.epoch });
  try {
    await sampler.login(lab.experiment.sessions, lab.signal);
    return sampler;
  } catch (error) {
    await sampler.close();
    throw error;
  }
}

function withTitles({ head, experiment }: Lab, world: World): ExperimentHead {
  const titles = new Map(
    experiment.faults.map((fault) => [
      fault.name,
      world.drivers.find((it) => it.name === fault.spec.driver)?.title(fault) ?? '',
    ]),
  );
  return { ...head, faults: head.faults.map((it) => ({ ...it, title: titles.get(it.name) ?? it.title })) };
}
