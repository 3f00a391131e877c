import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Handler } from '../../../src/sandbox/apps/app.ts';
import { serveApp } from '../../../src/sandbox/apps/serve-app.ts';
import { httpGet } from '../../helpers/http-get.ts';

describe('an application server', () => {
  it('lets answers under way finish when it drains, and then closes kept connections too', async () => {
    const { handler, arrived, finish } = heldHandler();
    const server = await serveApp(handler, [80]);
    const agent = new Agent({ keepAlive: true });
    const answer = ask(server.ports.get(80) ?? 0, agent);
    await arrived;
    const closed = server.close('drain');
    await expect(httpGet(`http://127.0.0.1:${server.ports.get(80)}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish();

    expect(await answer).toBe(200);
    await closed;
    agent.destroy();
  });

  it('cuts answers under way when it is reset', async () => {
    const { handler, arrived, finish } = heldHandler();
    const server = await serveApp(handler, [80]);
    const answer = httpGet(`http://127.0.0.1:${server.ports.get(80)}/`);
    answer.catch(() => undefined);
    await arrived;
    await server.close('reset');
    finish();

    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('answers 500 when the application throws', async () => {
    const server = await serveApp(() => Promise.reject(new Error('broken')), [80]);

    expect(await httpGet(`http://127.0.0.1:${server.ports.get(80)}/`)).toMatchObject({
      status: 500,
      body: 'Internal Server Error',
    });
    await server.close('reset');
  });
});

/** A handler that waits to be told to answer. */
function heldHandler(): { handler: Handler; arrived: Promise<void>; finish: () => void } {
  const held = gate();
  const seen = gate();
  return {
    handler: async (_request, response) => {
      seen.open();
      await held.opened;
      response.end('done');
    },
    arrived: seen.opened,
    finish: held.open,
  };
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function ask(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
