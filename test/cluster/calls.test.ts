import { afterEach, describe, expect, it } from 'vitest';
import { createScriptedClusters, RATINGS, RATINGS_VS, statusReply, VS } from '../helpers/scripted-clusters.ts';

const { serve, connectTo, closeAll } = createScriptedClusters();
afterEach(closeAll);

describe('a read', () => {
  it('is repeated on 429, 5xx and resets until it is answered', async () => {
    const server = await serve((_request, n) => {
      if (n === 1) return { ...statusReply(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '0' } };
      if (n === 2) return 'reset';
      if (n === 3) return { status: 503, body: 'upstream gone' };
      return { status: 200, body: RATINGS_VS };
    });
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS)).resolves.toEqual(RATINGS_VS);
    expect(server.seen).toHaveLength(4);
  });

  it('waits as long as Retry-After says, but not beyond its deadline, and then says what kept it', async () => {
    const busy = { ...statusReply(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '60' } };
    const server = await serve(() => busy);
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS, { deadline: 300 })).rejects.toMatchObject({
      code: 'API_FAILED',
      message: 'The API server is too busy: slow down',
      details: { status: 429, retryable: true },
    });
    expect(server.seen).toHaveLength(1);
  });

  it('that is refused and then not answered says what it was refused with', async () => {
    const server = await serve((_request, n) => (n === 1 ? statusReply(500, '', 'etcd is gone') : 'hang'));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS, { deadline: 1_000 })).rejects.toMatchObject({
      message: 'The API server failed with HTTP 500: etcd is gone',
    });
  });

  it('is sent anew when nothing is answered, in time for another answer', async () => {
    const server = await serve((_request, n) => (n === 1 ? 'hang' : { status: 200, body: RATINGS_VS }));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS, { deadline: 2_000 })).resolves.toEqual(RATINGS_VS);
    expect(server.seen).toHaveLength(2);
  });

  it('ends at its deadline when the server hangs', async () => {
    const server = await serve(() => 'hang');
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS, { deadline: 100 })).rejects.toMatchObject({
      code: 'API_TIMEOUT',
      message: 'The API server did not answer within 0.1 s.',
      details: { where: 'GET VirtualService default/ratings', retryable: true },
    });
  });

  it("ends with the signal's reason when it is aborted, and when the cluster is closed", async () => {
    const server = await serve(() => 'hang');
    const cluster = await connectTo(server.kubeconfig());
    const controller = new AbortController();
    const stopped = cluster.read(VS, RATINGS, { signal: controller.signal });
    controller.abort(new Error('stop it'));
    await expect(stopped).rejects.toThrow('stop it');
    const closed = cluster.read(VS, RATINGS);
    await cluster.close();
    await expect(closed).rejects.toThrow('closed');
  });

  it('may be one of many under one signal', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const cluster = await connectTo(server.kubeconfig());
    const warnings: Error[] = [];
    process.on('warning', (warning) => warnings.push(warning));
    const [{ signal }, { signal: other }] = [new AbortController(), new AbortController()];
    await Promise.all(Array.from({ length: 30 }, () => cluster.read(VS, RATINGS, { signal })));
    await Promise.allSettled(Array.from({ length: 30 }, () => cluster.resource('', 'pods', { signal: other })));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });

  it('of an answer that is cut off is repeated', async () => {
    const server = await serve((_request, n) =>
      n > 1
        ? { status: 200, body: RATINGS_VS }
        : (response) => {
            response.writeHead(200, { 'content-length': '100' });
            response.write('{"half":', () => response.socket?.destroy());
          },
    );
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS)).resolves.toEqual(RATINGS_VS);
  });

  it('of a missing object gives nothing', async () => {
    const server = await serve(() => statusReply(404, 'NotFound', 'virtualservices "ratings" not found'));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS)).resolves.toBeUndefined();
  });

  it.each([
    { status: 404, body: '404 page not found' },
    statusReply(404, 'NotFound', 'the server could not find the requested resource'),
  ])('of an object at a path where nothing is served says so, and not that the object is gone', async (reply) => {
    const server = await serve(() => reply);
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS)).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
    await expect(cluster.remove(VS, RATINGS)).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
  });

  it('that a login page answers says that this is no API server', async () => {
    const server = await serve(() => ({ status: 200, body: '<html>Log in</html>' }));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.read(VS, RATINGS)).rejects.toMatchObject({
      code: 'API_FAILED',
      message: expect.stringContaining('<html>Log in') as string,
    });
  });
});

describe('a write', () => {
  it('is strict about unknown fields, and brings the warnings of the API server', async () => {
    const server = await serve(() => ({
      status: 200,
      body: RATINGS_VS,
      headers: { warning: ['299 - "rule 2 is never \\"used\\""', '299 - "a", 299 - "b"'] },
    }));
    const cluster = await connectTo(server.kubeconfig());
    const result = await cluster.replace(VS, RATINGS_VS);
    expect(result).toEqual({ object: RATINGS_VS, warnings: ['rule 2 is never "used"', 'a', 'b'] });
    expect(server.seen[0]).toMatchObject({
      method: 'PUT',
      url: '/apis/networking.istio.io/v1/namespaces/default/virtualservices/ratings?fieldValidation=Strict&fieldManager=holdfast',
      body: RATINGS_VS,
    });
  });

  it.each(['reset' as const, { status: 503 }])('is never sent twice (%o)', async (reply) => {
    const server = await serve(() => reply);
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.create(VS, RATINGS_VS)).rejects.toMatchObject({ details: { retryable: true } });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    [401, 'Unauthorized', 'Unauthorized', 'API_UNAUTHORIZED', /does not accept our credentials/],
    [409, 'Conflict', 'the object has been modified', 'API_CONFLICT', /Somebody else changed it.*has been modified/],
    [409, 'AlreadyExists', 'virtualservices "ratings" already exists', 'API_CONFLICT', /exists already/],
    [422, 'Invalid', 'spec.hosts: Required value', 'API_REFUSED', /spec\.hosts: Required value/],
    [
      400,
      'BadRequest',
      'admission webhook "rev.validation.istio.io" denied the request: configuration is invalid: weight -1 < 0',
      'API_REFUSED',
      /An admission webhook refused it: .*weight -1 < 0/,
    ],
    [500, 'InternalError', 'etcd is gone', 'API_FAILED', /HTTP 500: etcd is gone/],
  ])('that is answered %i %s keeps the words of the API server', async (code, reason, text, errorCode, message) => {
    const server = await serve(() => statusReply(code, reason, text));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.replace(VS, RATINGS_VS)).rejects.toMatchObject({
      code: errorCode,
      message: expect.stringMatching(message) as string,
      details: { status: code, where: 'PUT VirtualService default/ratings' },
    });
  });

  it('that is forbidden says who may not do what, and how to look into it', async () => {
    const text =
      'virtualservices.networking.istio.io "ratings" is forbidden: User "jane" cannot update resource "virtualservices" in API group "networking.istio.io" in the namespace "default"';
    const server = await serve(() => statusReply(403, 'Forbidden', text));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.replace(VS, RATINGS_VS)).rejects.toMatchObject({
      code: 'API_FORBIDDEN',
      message: expect.stringContaining('User "jane" cannot update') as string,
      details: {
        hint: 'Grant "update" on virtualservices.networking.istio.io to jane in a Role or ClusterRole; check with: kubectl auth can-i update virtualservices.networking.istio.io -n default',
      },
    });
  });

  it('that removes an object sends its preconditions, and takes a missing object for done', async () => {
    const server = await serve(() => statusReply(404, 'NotFound', 'virtualservices "ratings" not found'));
    const cluster = await connectTo(server.kubeconfig());
    await cluster.remove(VS, RATINGS, { uid: 'u-1', gracePeriodSeconds: 0 });
    expect(server.seen[0]).toMatchObject({
      method: 'DELETE',
      body: { kind: 'DeleteOptions', preconditions: { uid: 'u-1' }, gracePeriodSeconds: 0 },
    });
  });
});
