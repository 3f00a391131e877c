/** One entry of a Status' `details.causes`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** The `details` of a Kubernetes Status. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A refusal of the API server: HTTP `code`, Kubernetes `reason` and the message as the real one words it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
  }
}

/** 404: `pods "x" not found`. */
export function notFound(resource: string, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${resource} "${name}" not found`, detailsOf(resource, name));
}

/** 409: an object of that name is there. */
export function alreadyExists(resource: string, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${resource} "${name}" already exists`, detailsOf(resource, name));
}

/** 409: written from a stale copy. */
export function staleWrite(resource: string, name: string): ApiError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** 409 for any other reason. */
export function conflict(resource: string, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, detailsOf(resource, name));
}

/** 410: the watch or list asks for a revision that is no longer kept. */
export function expired(asked: number, oldest: number): ApiError {
  return new ApiError(410, 'Expired', `too old resource version: ${asked} (${oldest})`);
}

/** 400 with the reason in the text. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

function detailsOf(resource: string, name: string): StatusDetails {
  const [plural = resource, ...group] = resource.split('.');
  return group.length > 0 ? { name, group: group.join('.'), kind: plural } : { name, kind: plural };
}
