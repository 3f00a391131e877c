import { parse } from 'yaml';
import { ApiError, badRequest } from '../api-error.ts';
import type { Call } from '../backend.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import { mediaType, parseJson } from '../http.ts';
import { isObject, stringAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** The object in a request's body, from JSON, YAML or Kubernetes' protobuf; 400 or 415 when it is none. */
export async function decodeBody(call: Call): Promise<JsonObject> {
  const type = mediaType(call.request.headers['content-type']);
  const object = await decodeAs(type, call.body);
  if (!isObject(object)) throw badRequest('the body of the request is not an object');
  return object;
}

/** The object a write carries: as `decodeBody`, but it must be of the path's kind and version. */
export async function decodeObject(call: Call, expected: { kind: string; apiVersion: string }): Promise<JsonObject> {
  const object = await decodeBody(call);
  const kind = stringAt(object, ['kind'], expected.kind);
  const apiVersion = stringAt(object, ['apiVersion'], expected.apiVersion);
  if (kind !== expected.kind) {
    const text = `${kind} in version "${apiVersion.split('/').at(-1)}" cannot be handled as a ${expected.kind}`;
    throw badRequest(`${text}: no kind "${kind}" is registered for the path`);
  }
  if (apiVersion !== expected.apiVersion) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
  return { ...object, kind, apiVersion };
}

/** The type a path's objects have. */
export function expectedType(call: Call): { kind: string; apiVersion: string } {
  const { kind, version } = call.route;
  return { kind: kind.kind, apiVersion: apiVersionOf(kind.group, version) };
}

async function decodeAs(type: string, body: Buffer): Promise<unknown> {
  switch (type) {
    case '':
    case 'application/json':
      return parseJson(body.toString());
    case 'application/yaml':
      return parse(body.toString());
    case PROTOBUF: {
      const { decodeProtobuf } = await import('../protobuf/decode.ts');
      return decodeProtobuf(body);
    }
    default:
      throw unsupportedMediaType(type, ['application/json', 'application/yaml', PROTOBUF]);
  }
}

/** 415 naming what would be accepted. */
export function unsupportedMediaType(type: string, accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', type === '' ? `${message} (no Content-Type was sent)` : message);
}
