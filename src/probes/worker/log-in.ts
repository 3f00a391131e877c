import type { Ingress } from '../../cluster/ingress.ts';
import type { Millis } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { HttpRequestSpec, SessionSpec } from '../../model/hypothesis.ts';
import type { Client, Delivery } from '../http/client.ts';
import { prepareRequest } from '../http/prepared-request.ts';
import { createSession, type Session } from '../http/session.ts';

interface LoginContext {
  readonly sessions: Map<string, Session>;
  readonly client: Client;
  readonly ingress: Ingress;
  readonly now: () => Millis;
  /** Hears what the server set and nobody may see. */
  readonly onSecrets: (values: readonly string[]) => void;
  readonly onAbort: (abort: () => void) => void;
}

/** Opens every session, logging in those that say how; throws `LOGIN_FAILED` for the first that is refused. */
export async function logIn(specs: Readonly<Record<string, SessionSpec>>, context: LoginContext): Promise<void> {
  for (const [name, spec] of Object.entries(specs)) {
    const session = createSession(spec.headers, context.onSecrets);
    if (spec.login !== undefined) await enter(name, session, spec.login, context);
    context.sessions.set(name, session);
  }
}

async function enter(name: string, session: Session, login: HttpRequestSpec, context: LoginContext): Promise<void> {
  const { client, ingress, now, onAbort } = context;
  // Bookinfo answers with a redirect to the Referer, or to the word None: only the cookie is wanted.
  const request = prepareRequest({ ...login, followRedirects: false }, ingress, session);
  const flight = client.send(request, now(), false);
  onAbort(flight.abort);
  const delivery = await flight.delivery;
  // Without one its probes would go as anybody.
  const anonymous = session.isEmpty() ? 'the answer set no cookie, and the session has no headers' : undefined;
  const failure = reason(delivery) ?? anonymous;
  if (failure === undefined) return;
  throw new HoldfastError('LOGIN_FAILED', {
    message: `login of session "${name}" failed: ${failure}`,
    where: `${login.method} ${request.target.url.href} (through ${request.target.address}:${request.target.port})`,
    hint: 'Check the login request of this session, and that the application answers without a fault.',
  });
}

function reason({ error, status }: Delivery): string | undefined {
  if (error !== undefined) return `${error.kind}, ${error.detail}`;
  return (status ?? 0) < 400 ? undefined : `the server answered ${status}`;
}
