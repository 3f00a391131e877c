import { HoldfastError } from '../../model/errors.ts';
import type { ApiAnswer } from './connection.ts';

/** The JSON of an answer; what is no JSON did not come from an API server, but from something in front of it. */
export function jsonOf(answer: ApiAnswer, what: string): unknown {
  try {
    return JSON.parse(answer.body);
  } catch (error) {
    throw new HoldfastError('API_FAILED', {
      message: `What answered is no Kubernetes API server: ${JSON.stringify(answer.body.slice(0, 80))} is not JSON.`,
      where: what,
      hint: 'Check `server` in the kubeconfig, and log in to the proxy in front of it, if there is one.',
      cause: error,
      status: answer.status,
    });
  }
}
