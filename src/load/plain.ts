import { isAlias, isMap, isScalar } from 'yaml';
import type { ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';
import type { YamlDocument } from './parse-yaml.ts';

/** A YAML document as plain data, with what is wrong with it as data. */
export interface Plain {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Numbers that would not be written back as they stood (`007`, `1.0`, `0x10`): no text may be made of them. */
  readonly inexact: readonly { readonly path: Path; readonly source: string }[];
}

const DEEPEST = 64;
/** Counted with aliases spelled out, so that a small file cannot unfold into a large one. */
const MOST_NODES = 100_000;

/** Turns the tree into plain data. Duplicate keys, keys that are not text, `__proto__` and alias bombs are problems. */
export function toPlain(document: YamlDocument): Plain {
  const reader = new PlainReader();
  const value = reader.convert(document.root);
  return { value, problems: reader.problems, inexact: reader.inexact };
}

class PlainReader {
  readonly problems: Problem[] = [];
  readonly inexact: { path: Path; source: string }[] = [];
  readonly #anchors = new Map<string, ParsedNode>();
  /** Collections that are being read, to notice one that contains itself. */
  readonly #open = new Set<ParsedNode>();
  readonly #path: (string | number)[] = [];
  #nodes = 0;
  #stopped = false;

  convert(node: ParsedNode | null): unknown {
    if (node === null || this.#stopped) return null;
    if (++this.#nodes > MOST_NODES) return this.#stop('this file unfolds into too much data through its aliases');
    if (isAlias(node)) return this.#followed(node.source);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    if (this.#path.length > DEEPEST) return this.#stop(`this is nested deeper than ${DEEPEST} levels`);
    this.#open.add(node);
    const value = isMap(node) ? this.#mapping(node) : this.#sequence(node);
    this.#open.delete(node);
    return value;
  }

  #scalar({ value, source }: Scalar.Parsed): unknown {
    if (typeof value !== 'number') return value;
    if (!Number.isFinite(value)) return this.#report('INVALID_VALUE', `\`${source}\` is not a number that JSON knows`);
    if (String(value) !== source) this.inexact.push({ path: [...this.#path], source });
    return value;
  }

  #followed(anchor: string): unknown {
    const target = this.#anchors.get(anchor);
    if (target === undefined) return this.#report('YAML_SYNTAX', `the alias \`*${anchor}\` has no anchor before it`);
    if (this.#open.has(target)) return this.#stop(`the alias \`*${anchor}\` contains itself`);
    return this.convert(target);
  }

  #mapping(node: YAMLMap.Parsed): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = this.#key(pair.key);
      if (key === undefined) continue;
      this.#path.push(key);
      if (key === '__proto__') this.#report('FORBIDDEN_KEY', 'the key `__proto__` is not allowed', pair.key);
      else if (Object.hasOwn(result, key))
        this.#report('DUPLICATE_KEY', `the key \`${key}\` stands here twice`, pair.key);
      else result[key] = this.convert(pair.value);
      this.#path.pop();
    }
    return result;
  }

  #sequence(node: YAMLSeq.Parsed): unknown[] {
    return node.items.map((item, index) => {
      this.#path.push(index);
      const value = this.convert(item);
      this.#path.pop();
      return value;
    });
  }

  #key(node: ParsedNode): string | undefined {
    if (isScalar(node)) return node.value === null ? '' : node.source;
    const what = isAlias(node) ? 'an alias' : isMap(node) ? 'a mapping' : 'a list';
    this.#report('INVALID_VALUE', `a key must be text, not ${what}`, node);
    return undefined;
  }

  #stop(message: string): null {
    this.#stopped = true;
    return this.#report('FILE_TOO_COMPLEX', message);
  }

  #report(code: Problem['code'], message: string, node?: ParsedNode): null {
    const place = node && { offset: node.range[0], length: node.range[1] - node.range[0] };
    this.problems.push({ code, path: [...this.#path], message, ...place });
    return null;
  }
}
