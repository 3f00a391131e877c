import protobuf from 'protobufjs';
import { ApiError, badRequest } from '../api-error.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { MESSAGES } from './messages.ts';

const MAGIC = Buffer.from('k8s\0');
const { root } = protobuf.parse(MESSAGES);

/** An object from Kubernetes' protobuf envelope: four magic bytes, then type and raw message. */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC))
    throw badRequest('provided data does not appear to be a protobuf message');
  const { typeMeta, raw } = decoded('Unknown', body.subarray(MAGIC.length));
  const type = isObject(typeMeta) ? typeMeta : {};
  const { apiVersion, kind } = type;
  if (typeof kind !== 'string' || !Buffer.isBuffer(raw)) throw badRequest('protobuf message without a type');
  return { apiVersion, kind, ...(withJsonValues(decoded(kind, raw)) as JsonObject) };
}

function decoded(name: string, bytes: Buffer): JsonObject {
  const type = known(name);
  return type.toObject(type.decode(bytes), { longs: Number });
}

function known(name: string): protobuf.Type {
  const found = root.get(name);
  if (found instanceof protobuf.Type) return found;
  const message = `the sandbox does not read ${name} as application/vnd.kubernetes.protobuf; send application/json`;
  throw new ApiError(415, 'UnsupportedMediaType', message, {});
}

/** Bytes become base64, IntOrString its value, and the empty strings that Go writes for unset fields disappear. */
function withJsonValues(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(withJsonValues);
  if (!isObject(value)) return value;
  if ('intVal' in value && 'strVal' in value) return value['type'] === 1 ? value['strVal'] : value['intVal'];
  const entries = Object.entries(value).filter(([, inner]) => inner !== '');
  return Object.fromEntries(entries.map(([field, inner]) => [field, withJsonValues(inner)]));
}
