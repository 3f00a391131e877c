import * as z from 'zod';
import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { addresses, ports, servicePort, wholeMillis, wholeSeconds } from './blade-scalars.ts';
import { nodeSelection, podSelection } from './blade-selection.ts';
import { complain } from './said.ts';
import { flag, line, mapping, numberIn } from './scalars.ts';

/** What most nodes and all pods call the device that leads out. */
const DEFAULT_INTERFACE = 'eth0';

const where = {
  node: nodeSelection.optional().meta({ description: 'A node by name, or {names, labels, count, percent}.' }),
  pod: podSelection.optional().meta({ description: 'A pod by name, or {names, labels, count, percent, namespace}.' }),
  interface: line()
    .optional()
    .meta({ description: 'Network device; default eth0.', examples: ['ens192'] }),
  localPort: ports().optional().meta({ description: 'Source ports of the packets that leave, e.g. a NodePort.' }),
  nodePortOf: servicePort()
    .optional()
    .meta({
      description: 'Of a node, instead of localPort: the NodePort of a Service port, looked up at the start.',
      examples: ['istio-system/istio-ingressgateway:80'],
    }),
  remotePort: ports().optional().meta({ description: 'Destination ports of the packets that leave.' }),
  excludePort: ports().optional().meta({ description: 'Ports, of either end, that are spared.' }),
  destinationIp: addresses().optional().meta({ description: 'Destination addresses of the packets that leave.' }),
  excludeIp: addresses().optional().meta({ description: 'Destination addresses that are spared.' }),
  protocol: z.enum(['tcp', 'udp', 'icmp']).optional(),
  force: flag().optional().meta({ description: 'Throw away a queueing discipline that the device has already.' }),
  timeout: wholeSeconds()
    .optional()
    .meta({ description: "After which the cluster ends the fault by itself; default the fault's time and a margin." }),
  allowWholeNode: flag().optional().meta({ description: 'Accepts a fault on everything that a node sends.' }),
};
const percent = numberIn({ min: 1, max: 100 }).meta({ description: 'Share of packets, in percent.', examples: [60] });
const correlation = numberIn({ min: 0, max: 100 });

const share = mapping({ ...where, percent });
const delay = mapping({
  ...where,
  time: wholeMillis(1).meta({ description: 'How long each packet is held back.', examples: ['3s'] }),
  offset: wholeMillis(0).optional().meta({ description: 'Random addition of at most this much, up or down.' }),
});
const reorder = mapping({
  ...where,
  percent,
  correlation,
  gap: numberIn({ min: 1, max: 10_000 }).optional().meta({ description: 'One packet in so many overtakes.' }),
  time: wholeMillis(1).optional().meta({ description: 'How long the others are held back; default 10ms.' }),
});

/** The keys of faults below HTTP: what leaves a node or a pod is lost, late, broken, doubled or out of order. */
export const networkFaults = {
  networkLoss: network(share, 'loss').meta({ description: 'Packets that leave a node or pod are lost.' }),
  networkDelay: network(delay, 'delay').meta({ description: 'Packets that leave a node or pod are late.' }),
  networkCorrupt: network(share, 'corrupt').meta({ description: 'Packets that leave a node or pod are corrupted.' }),
  networkDuplicate: network(share, 'duplicate').meta({ description: 'Packets that leave a node or pod are doubled.' }),
  networkReorder: network(reorder, 'reorder').meta({ description: 'Packets that leave a node or pod overtake.' }),
};

type Written = z.output<typeof share> | z.output<typeof delay> | z.output<typeof reorder>;

function network<T extends z.ZodType<Written>>(keys: T, action: string) {
  return keys
    .transform((written: Written, context): ChaosBladeFaultSpec => {
      const { node, pod, timeout, allowWholeNode } = written;
      const select = node ?? pod;
      if (select === undefined || (node !== undefined && pod !== undefined))
        return complain(context, 'a network fault has exactly one of node and pod');
      if (pod !== undefined && allowWholeNode === true)
        return complain(context, '`allowWholeNode` means nothing for a pod', undefined, ['allowWholeNode']);
      if (written.nodePortOf !== undefined && (pod !== undefined || written.localPort !== undefined))
        return complain(context, '`nodePortOf` stands for the `localPort` of a node', undefined, ['nodePortOf']);
      return {
        driver: 'chaosblade',
        scope: node === undefined ? 'pod' : 'node',
        target: 'network',
        action,
        select,
        flags: flagsOf(written),
        ...(written.nodePortOf !== undefined && { nodePortOf: written.nodePortOf }),
        ...(timeout !== undefined && { timeout }),
        allowWholeNode: allowWholeNode ?? false,
      };
    })
    .optional();
}

function flagsOf(written: Written): Record<string, string> {
  const numbers = written as { percent?: number; correlation?: number; gap?: number; time?: number; offset?: number };
  const { percent, correlation, gap, time, offset } = numbers;
  const flags = {
    percent,
    time,
    offset,
    correlation,
    gap,
    interface: written.interface ?? DEFAULT_INTERFACE,
    'local-port': written.localPort,
    'remote-port': written.remotePort,
    'exclude-port': written.excludePort,
    'destination-ip': written.destinationIp,
    'exclude-ip': written.excludeIp,
    protocol: written.protocol,
    force: written.force === true ? true : undefined,
  };
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
