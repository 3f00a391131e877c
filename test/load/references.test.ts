import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveReferences } from '../../src/load/references.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadText } from '../helpers/load-text.ts';

const scope = {
  env: { HOST: 'shop.example.com', TOKEN: 's3cr3t', PIN: '123' },
  vars: { n: 2, on: true, name: 'ratings' },
};

describe('references', () => {
  it.each([
    ['${env:HOST}', 'shop.example.com'],
    ['http://${env:HOST}/${var:name}', 'http://shop.example.com/ratings'],
    ['${var:n}', 2],
    ['${var:on}', true],
    ['x${var:n}', 'x2'],
    ['${secret:TOKEN}', 's3cr3t'],
    ['$${var:n}', '${var:n}'],
    ['costs $5 and {x}', 'costs $5 and {x}'],
  ])('%s becomes %j', (text, value) => {
    expect(resolveReferences(text, scope)).toMatchObject({ value, problems: [] });
  });

  it('remember secrets, to be redacted, and the variables that were asked for', () => {
    const { secrets, used } = resolveReferences({ a: ['Bearer ${secret:TOKEN}'], b: '${var:name} ${var:nam}' }, scope);
    expect(secrets).toEqual(['s3cr3t']);
    expect([...used]).toEqual(['name', 'nam']);
  });

  it('refuse a secret that is too short to be kept out of reports', () => {
    expect(resolveReferences('${secret:PIN}', scope).problems[0]?.message).toBe('the secret `PIN` is too short');
  });

  it('never touch inherited names', () => {
    for (const name of ['toString', '__proto__', 'constructor']) {
      expect(resolveReferences(`\${var:${name}}`, scope).problems).toHaveLength(1);
    }
  });

  it('leave text without ${ as it is, and escaped text comes back', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${'));
        expect(resolveReferences(text, scope).value).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z{}:$ ]*$/), (text) => {
        const escaped = text.replaceAll('${', () => '$${');
        fc.pre(!escaped.includes('$$${'));
        expect(resolveReferences(escaped, scope).value).toBe(text);
      }),
    );
  });

  it('put any value in the place of its name', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 1 }), (value, prefix) => {
        fc.pre(!prefix.includes('$'));
        expect(resolveReferences('${var:v}', { env: {}, vars: { v: value } }).value).toEqual(value);
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        expect(resolveReferences(`${prefix}\${var:v}`, { env: {}, vars: { v: value } }).value).toBe(prefix + text);
      }),
    );
  });
});

describe('a secret in the wrong place', () => {
  it('is not shown in the message about it', async () => {
    const spec = '  phases: {fault: "${secret:PASSWORD}"}\n  namespace: "${secret:PASSWORD}"';
    const { printed } = await loadText(experimentText({ spec }), { env: { PASSWORD: 'hunter2' } });
    expect(printed).toContain('error `***` is not a duration');
    expect(printed).not.toContain('hunter2');
  });
});

describe('variables of a file', () => {
  const spec = '  variables: {share: 50, service: ratings, wait: "${env:WAIT}", pw: "${secret:PW}"}';
  const fault =
    '    - {name: f, delay: {service: "${var:service}", fixedDelay: "${var:wait}", percentage: "${var:share}"}}';
  const env = { WAIT: '7s', PW: 'hunter2' };

  it('keep their type, may come from the environment, and bring their secrets along', async () => {
    const { experiments, secrets, printed } = await loadText(experimentText({ spec, fault }), { env });
    expect(printed).toBe('');
    expect(experiments[0]?.faults[0]?.spec).toMatchObject({
      service: 'ratings',
      delay: { fixedDelay: 7000, percentage: 50 },
    });
    expect(secrets).toEqual(['hunter2']);
  });

  it('give way to --set, also where a number is wanted', async () => {
    const set = { share: '12.5', service: 'reviews' };
    const { experiments } = await loadText(experimentText({ spec, fault }), { env, set });
    expect(experiments[0]?.faults[0]?.spec).toMatchObject({ service: 'reviews', delay: { percentage: 12.5 } });
  });

  it('are told when --set is misspelt', async () => {
    const { printed } = await loadText(experimentText({ spec, fault }), { env, set: { shar: '1' } });
    expect(printed).toBe(
      'error --set shar: no experiment has a variable `shar` (UNKNOWN_REFERENCE)\n    Did you mean `share`?\n',
    );
  });
});
