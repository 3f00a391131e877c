import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A row of the table of `docs/why-holdfast.md`, with the section that it leads to. */
export interface WhyRow {
  readonly title: string;
  readonly toolkit: string;
  readonly holdfast: string;
  /** Of the section. */
  readonly anchor: string;
}

/** The commands of a section, and the exit codes that its comments promise, in order. */
export interface WhyCommands {
  readonly script: string;
  readonly exits: readonly number[];
}

const text = readFileSync(resolve(import.meta.dirname, '../../docs/why-holdfast.md'), 'utf8');

/** The rows of the table, from top to bottom. */
export function whyRows(): readonly WhyRow[] {
  const rows = text.matchAll(/^\| \[(.+?)\]\(#([a-z-]+)\) \| (.+?) \| (.+?) \|$/gm);
  return [...rows].map(([, title = '', anchor = '', toolkit = '', holdfast = '']) => ({
    title,
    anchor,
    toolkit,
    holdfast,
  }));
}

/** By anchor; as a script that tells the exit code of each line with `# exit N` as `::exit N`. */
export function whyCommands(): ReadonlyMap<string, WhyCommands> {
  const sections = text.matchAll(/^### (.+)\n[^#]*?^```sh\n([^]*?)^```/gm);
  return new Map(
    [...sections].map(([, heading = '', block = '']) => [
      heading.toLowerCase().replaceAll(' ', '-'),
      { script: tellingExits(block), exits: [...block.matchAll(EXIT)].map(([, code]) => Number(code)) },
    ]),
  );
}

const EXIT = / +# exit (\d+).*$/gm;

function tellingExits(block: string): string {
  return block.replaceAll(EXIT, '\necho "::exit $?"');
}
