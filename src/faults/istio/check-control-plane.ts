import { type Finding, finding } from '../../model/finding.ts';
import { describeObject } from '../../undo/describe.ts';
import { isReady } from '../pods.ts';
import type { Survey } from './survey.ts';
import { namespaceOf } from './virtual-service.ts';

/** The control plane, as far as it could be seen. */
export type ControlPlane = Pick<Survey, 'istiod' | 'webhooks'>;

/** Whether somebody tells the proxies of changes, and looks over what is written. */
export function checkControlPlane({ istiod, webhooks }: ControlPlane): readonly Finding[] {
  return [...checkIstiod(istiod), ...checkWebhook(webhooks)];
}

function checkIstiod(pods: ControlPlane['istiod']): Finding[] {
  if (pods === undefined || pods.some(isReady)) return [];
  const [first] = pods;
  if (first === undefined) {
    const message =
      'No pod with label app=istiod is in the cluster: nobody may be there to tell the proxies of the fault.';
    return [
      finding('CONTROL_PLANE_UNSEEN', message, undefined, 'Nothing is wrong where the control plane runs elsewhere.'),
    ];
  }
  const message = `None of ${pods.length} istiod pods is ready: nothing that is written now reaches the proxies.`;
  const hint = `kubectl -n ${namespaceOf(first)} get pods -l app=istiod`;
  return [finding('CONTROL_PLANE_DOWN', message, describeObject(first), hint)];
}

interface Webhook {
  readonly name?: string;
  readonly failurePolicy?: string;
}

/** Istiod itself turns `Ignore` into `Fail` once it is ready. */
function checkWebhook(configurations: ControlPlane['webhooks']): Finding[] {
  if (configurations === undefined) return [];
  const own = configurations.flatMap((object) =>
    ((object['webhooks'] ?? []) as readonly Webhook[])
      .filter(({ name = '' }) => name.endsWith('validation.istio.io'))
      .map(({ failurePolicy = 'Fail' }) => ({ object, failurePolicy })),
  );
  const lax = own.find(({ failurePolicy }) => failurePolicy !== 'Fail');
  if (own.length > 0 && lax === undefined) return [];
  const where = lax && describeObject(lax.object);
  const message =
    lax === undefined
      ? "No webhook validates Istio's objects here."
      : `${where} lets objects pass unseen while istiod does not answer (failurePolicy ${lax.failurePolicy}).`;
  return [finding('VALIDATION_OFF', message, where, 'Our own writes are checked before; those of others are not.')];
}
