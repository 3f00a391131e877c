import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWarnings } from '../../src/cluster/http/warnings.ts';
import { formatHolder, parseHolder } from '../../src/cluster/lease/holder.ts';
import { leaseKey } from '../../src/cluster/lease/lease-object.ts';

describe('texts that come back as they were written', () => {
  it('are holders of leases, whatever their host is called', () => {
    const text = fc.string({ minLength: 0 });
    const holder = fc.record({
      run: text,
      host: fc.record({ name: text, boot: text }),
      process: fc.record({ pid: fc.nat(), started: text }),
    });
    fc.assert(
      fc.property(holder, (given) => {
        expect(parseHolder(formatHolder(given))).toEqual(given);
      }),
    );
  });

  it('are warnings of the API server, also several in one header', () => {
    const quote = (warning: string): string => `299 - "${warning.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    fc.assert(
      fc.property(fc.array(fc.string()), (warnings) => {
        expect(parseWarnings([warnings.map(quote).join(', ')])).toEqual(warnings);
      }),
    );
  });
});

describe('names', () => {
  it('of leases are names that Kubernetes takes, for any lock key', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const { namespace, name } = leaseKey(key);
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(namespace).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }),
    );
  });
});
