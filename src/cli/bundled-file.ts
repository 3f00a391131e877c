import { existsSync } from 'node:fs';
import { HoldfastError } from '../model/errors.ts';

/** A program of ours that runs outside this thread, found beside the bundle (or in `dist/` when run from source). */
export function bundledFile(name: string): URL {
  const places = [`./${name}`, `../${name}`, `../../dist/${name}`].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new HoldfastError('INTERNAL', {
    message: `A part of Holdfast is not built: ${name} is not there.`,
    hint: 'Run `npm run build` first.',
  });
}
