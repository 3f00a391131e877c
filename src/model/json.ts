/** A value that survives JSON unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object whose fields may be absent. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
