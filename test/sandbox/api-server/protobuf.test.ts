import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../src/sandbox/api-server/protobuf/decode.ts';
import { MESSAGES } from '../../../src/sandbox/api-server/protobuf/messages.ts';

const { root } = protobuf.parse(MESSAGES);

describe('protobuf bodies', () => {
  it('are read as the JSON they stand for', () => {
    const service = {
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { ports: [{ port: 80, targetPort: { type: 1, intVal: 0, strVal: 'http' } }], type: '' },
    };
    expect(decodeProtobuf(envelope('v1', 'Service', service))).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { ports: [{ port: 80, targetPort: 'http' }] },
    });
    const secret = { metadata: { name: 's' }, data: { a: Buffer.from('x') } };
    expect(decodeProtobuf(envelope('v1', 'Secret', secret))).toMatchObject({ data: { a: 'eA==' } });
  });

  it('of kinds that are not known are refused with 415, and other bytes with 400', () => {
    const unknown = envelope('batch/v1', 'CronJob', undefined);
    expect(() => decodeProtobuf(unknown)).toThrow(expect.objectContaining({ code: 415 }));
    expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow(expect.objectContaining({ code: 400 }));
  });
});

function envelope(apiVersion: string, kind: string, object: Record<string, unknown> | undefined): Buffer {
  const encode = (name: string, value: Record<string, unknown>): Uint8Array => {
    const type = root.lookupType(name);
    return type.encode(type.fromObject(value)).finish();
  };
  const raw = object ? encode(kind, object) : Buffer.alloc(1);
  return Buffer.concat([Buffer.from('k8s\0'), encode('Unknown', { typeMeta: { apiVersion, kind }, raw })]);
}
