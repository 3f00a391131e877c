import { expect, it } from 'vitest';
import { askedOf } from '../../src/model/asked.ts';
import { aFault, anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { newRequest } from '../helpers/probes.ts';

it('keeps requests and logins without what stands below the name of a credential, however short', () => {
  const asked = askedOf(
    anExperiment({
      hypothesis: [
        aProbe({ http: newRequest({ path: '/page', headers: { authorization: 'Basic abc', accept: 'a/b' } }) }),
      ],
      sessions: {
        jason: {
          headers: { 'x-api-key': 'k1' },
          login: newRequest({ body: { kind: 'form', form: { username: 'jason', passwd: 'pw1' } } }),
        },
      },
      faults: [aFault({ spec: { ...aFault().spec, match: { headers: { cookie: { exact: 'sid=7' } } } } })],
    }),
  );
  const text = JSON.stringify(asked);
  for (const secret of ['Basic abc', 'k1', 'pw1', 'sid=7']) expect(text).not.toContain(secret);
  for (const plain of ['/page', 'a/b', '"username":"jason"', '"httpStatus":500']) expect(text).toContain(plain);
});
