/** An experiment or a command that fails, with the text that ends up in the status. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** The text of a failure for a status. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
