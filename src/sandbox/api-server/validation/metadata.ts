import type { StoredObject } from '../../store.ts';
import { ApiError } from '../api-error.ts';
import type { StatusCause } from '../api-error.ts';
import type { Kind } from '../catalogue/kind.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const MAX_ANNOTATIONS = 256 * 1024;

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_NAME_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SERVICE_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const KEY_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Refuses with 422 names, labels and annotations that Kubernetes does not take. */
export function checkMetadata(kind: Kind, object: StoredObject): void {
  const causes = [...nameCauses(kind, object.metadata.name), ...labelCauses(object), ...annotationCauses(object)];
  if (causes.length > 0) throw invalid(kind, object.metadata.name, causes);
}

/** 422 Invalid with one cause or several, worded as the API server does. */
export function invalid(kind: Kind, name: string, causes: readonly StatusCause[]): ApiError {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const type = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const details = { name, group: kind.group || undefined, kind: kind.kind, causes };
  return new ApiError(422, 'Invalid', `${type} "${name}" is invalid: ${list}`, details);
}

function nameCauses(kind: Kind, name: string): StatusCause[] {
  const field = 'metadata.name';
  if (!name) {
    return [{ reason: 'FieldValueRequired', field, message: 'Required value: name or generateName is required' }];
  }
  if (kind.group === 'rbac.authorization.k8s.io') return [];
  const [pattern, text, limit] =
    kind.plural === 'namespaces'
      ? ([LABEL, LABEL_NAME_TEXT, 63] as const)
      : kind.plural === 'services'
        ? ([SERVICE, SERVICE_TEXT, 63] as const)
        : ([SUBDOMAIN, SUBDOMAIN_TEXT, 253] as const);
  if (name.length > limit) return [invalidValue(field, name, `must be no more than ${limit} characters`)];
  return pattern.test(name) ? [] : [invalidValue(field, name, text)];
}

function labelCauses(object: StoredObject): StatusCause[] {
  const field = 'metadata.labels';
  return Object.entries(object.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (typeof value !== 'string') return [invalidValue(field, String(value), VALUE_TEXT)];
    const causes = keyCauses(field, key);
    if (value.length > 63) causes.push(invalidValue(field, value, 'must be no more than 63 characters'));
    else if (value !== '' && !LABEL_PART.test(value)) causes.push(invalidValue(field, value, VALUE_TEXT));
    return causes;
  });
}

function annotationCauses(object: StoredObject): StatusCause[] {
  const field = 'metadata.annotations';
  const entries = Object.entries(object.metadata.annotations ?? {});
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  const causes = entries.flatMap(([key]) => keyCauses(field, key.toLowerCase()));
  if (size > MAX_ANNOTATIONS) {
    causes.push({
      reason: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${MAX_ANNOTATIONS} bytes`,
    });
  }
  return causes;
}

function keyCauses(field: string, key: string): StatusCause[] {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2) return [invalidValue(field, key, 'a qualified name must consist of at most one "/"')];
  if (parts.length === 2 && !SUBDOMAIN.test(parts[0] ?? '')) {
    return [invalidValue(field, key, `prefix part ${SUBDOMAIN_TEXT}`)];
  }
  if (name.length > 63) return [invalidValue(field, key, 'name part must be no more than 63 characters')];
  return LABEL_PART.test(name) ? [] : [invalidValue(field, key, KEY_TEXT)];
}

function invalidValue(field: string, value: string, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}
