import * as z from 'zod';
import { experimentDocument } from './schema/experiment.ts';

/** The JSON Schema (draft-07) of experiment files, for editors; ends with a newline. */
export function experimentJsonSchema(): string {
  const schema = z.toJSONSchema(experimentDocument, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
