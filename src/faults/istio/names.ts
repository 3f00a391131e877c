import { createHash } from 'node:crypto';

/** Common start of the names of all routes of one fault; a number follows. */
export function routePrefix(run: string, fault: string): string {
  return `holdfast-${run}-${slug(fault)}`;
}

/** Whose a route is, from its name alone: for routes whose undo record somebody took away. */
export function parseRouteName(
  name: string,
): { readonly run: string; readonly fault: string; readonly prefix: string } | undefined {
  const found = /^(holdfast-(\d{8}-\d{6}-[a-z0-9]{4})-(.+))-\d+$/.exec(name);
  const [, prefix, run, fault] = found ?? [];
  return prefix === undefined || run === undefined || fault === undefined ? undefined : { run, fault, prefix };
}

/** Whether this run created a VirtualService of this name. */
export function isCreatedName(run: string, name: string): boolean {
  return name.startsWith(createdName(run, ''));
}

/** Name of the VirtualService that is created for a service that has none; all faults of a run share it. */
export function createdName(run: string, service: string): string {
  return `holdfast-${slug(run)}-${service}`;
}

/** The id of a fault's undo record. */
export function recordId(fault: string): string {
  return `fault:${fault}`;
}

/** The fault's name in a record id, or undefined for records of others. */
export function faultOfRecord(id: string): string | undefined {
  return id.startsWith('fault:') ? id.slice('fault:'.length) : undefined;
}

/** The id of the record that says who created an object. */
export const CREATE_ID = 'create';

/** A name as a part of a DNS label. Names that leave nothing become a digest; distinctness is checked by `validate`. */
export function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? createHash('sha256').update(name).digest('hex').slice(0, 8) : plain;
}
