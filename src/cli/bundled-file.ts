import { existsSync } from 'node:fs';

/** A program of ours that runs outside this thread, found beside the bundle (or in `dist/` when run from source). */
export function bundledFile(name: string): URL {
  const places = [`./${name}`, `../${name}`, `../../dist/${name}`].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`${name} is not built; run \`npm run build\` first`);
  return found;
}
