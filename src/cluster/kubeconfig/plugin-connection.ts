import type { KubeConfig } from '@kubernetes/client-node';
import type { Agent, OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Clock } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Connection } from '../http/connection.ts';
import type { ChosenContext } from './choose-context.ts';
import { loadKubeConfig } from './client-node-config.ts';
import { serverUrl } from './server-url.ts';

/** Plugins that do not say how long their token lasts would be run for each request. */
const CREDENTIALS_KEPT_MS = 10_000;

interface Credentials {
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
  /** What the agent was made of: new certificates need a new one. */
  readonly certificate: string;
  readonly at: number;
}

/** A connection whose credentials come from a plugin (`exec`, `auth-provider`) or which goes through a proxy. */
export function pluginConnection(context: ChosenContext, clock: Clock): Connection {
  let config: Promise<KubeConfig> | undefined;
  let current: Promise<Credentials> | undefined;

  const credentials = async (): Promise<Credentials> => {
    const before = await current?.catch(() => undefined);
    if (before !== undefined && clock.now() - before.at < CREDENTIALS_KEPT_MS) return before;
    config ??= loadKubeConfig(context);
    current = obtain(await config, context, before, clock);
    return current;
  };
  return {
    server: serverUrl(context.cluster),
    agent: async () => (await credentials()).agent,
    headers: async () => (await credentials()).headers,
    close: () => {
      current?.then(({ agent }) => agent.destroy()).catch(() => undefined);
    },
  };
}

async function obtain(
  config: KubeConfig,
  context: ChosenContext,
  before: Credentials | undefined,
  clock: Clock,
): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw pluginFailed(context, error);
  }
  const certificate = JSON.stringify([options.cert, options.key]);
  const agent = before?.certificate === certificate ? before.agent : keptAlive(options.agent as Agent);
  const basic = typeof options.auth === 'string' ? `Basic ${Buffer.from(options.auth).toString('base64')}` : undefined;
  const headers = { ...(basic !== undefined && { authorization: basic }), ...(options.headers as OutgoingHttpHeaders) };
  return { agent, headers, certificate, at: clock.now() };
}

/** client-node makes agents that open a connection per request. */
function keptAlive(agent: Agent): Agent {
  return Object.assign(agent, { keepAlive: true });
}

function pluginFailed({ user, name }: ChosenContext, error: unknown): HoldfastError {
  const command = user?.exec?.['command'];
  const plugin = typeof command === 'string' ? `The credential plugin ${command}` : 'The way to log in';
  return new HoldfastError('API_UNAUTHORIZED', {
    message: `${plugin} of context ${name} failed: ${reasonOf(error)}`,
    where: user === undefined ? name : `${user.file}, user ${user.name}`,
    hint: `See whether it works for kubectl: kubectl --context ${name} version`,
    cause: error,
  });
}

/** The parser of JSON quotes what it could not read: here the beginning of a credential. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'what it printed is not the JSON of an ExecCredential';
  return error instanceof Error ? error.message : String(error);
}
