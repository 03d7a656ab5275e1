/** The notation in which the docs draw nested values: `[{ "name": string, "id": integer }, ...]` → a type. */
import type { TypeFact } from './fact.ts';
import { scalarOf } from './scalars.ts';

/** How deep shapes may nest: the docs stay below six. */
const deepest = 20;

/** The type that a block of the notation draws, or undefined where it is not that notation. */
export function shapeType(drawn: string): TypeFact | undefined {
  const tokens = drawn
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/(^|\s)\/\/.*$/gm, ' ') // comments
    .match(/"[^"]*"|u?'[^']*'|[[\]{}:,]|[^\s[\]{}:,"']+/g);
  if (!tokens) return undefined;
  const reader = new ShapeReader(tokens);
  const type = reader.value(0);
  return type && reader.atEnd() ? type : undefined;
}

class ShapeReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  value(depth: number): TypeFact | undefined {
    if (depth > deepest) return undefined;
    if (this.#take('[')) return this.#array(depth);
    if (this.#take('{')) return this.#object(depth);
    const parts: string[] = [];
    const ends = (token: string): boolean =>
      /^[[\]{}:,]$/.test(token) || (parts.length > 0 && /^["']/.test(token));
    while (!this.atEnd() && !ends(this.#next())) parts.push(this.#tokens[this.#at++] ?? '');
    return parts.length === 0 ? undefined : wordType(parts);
  }

  #next(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #take(token: string): boolean {
    if (this.#next() !== token) return false;
    this.#at += 1;
    return true;
  }

  #array(depth: number): TypeFact | undefined {
    let items: TypeFact = { kind: 'unknown' };
    let first = true;
    while (!this.#take(']')) {
      if (this.atEnd()) return undefined;
      if (this.#take('...') || this.#take(',')) continue;
      const item = this.value(depth + 1);
      if (!item) return undefined;
      if (first) items = item;
      first = false;
    }
    return { kind: 'array', items };
  }

  #object(depth: number): TypeFact | undefined {
    const fields: { name: string; type: TypeFact }[] = [];
    while (!this.#take('}')) {
      if (this.atEnd()) return undefined;
      if (this.#take('...') || this.#take(',')) continue;
      const name = this.#tokens[this.#at++] ?? '';
      if (/^[[\]{}:,]$/.test(name)) return undefined;
      if (!this.#take(':')) return undefined;
      const type = this.value(depth + 1);
      if (!type) return undefined;
      fields.push({ name: name.replace(/^["']|["']$/g, ''), type });
    }
    return { kind: 'object', fields };
  }
}

/** `string`, `array of strings`, or an example in the place of a type, whose type is unknown. */
function wordType(parts: readonly string[]): TypeFact {
  const text = parts.join(' ').toLowerCase();
  const scalar = scalarOf(text);
  if (scalar) return { kind: scalar };
  const [, items] = /^(?:array|list) of (.+)$/.exec(text) ?? [];
  if (items !== undefined) return { kind: 'array', items: { kind: scalarOf(items) ?? 'unknown' } };
  return { kind: 'unknown' };
}
