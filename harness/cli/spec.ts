/** `crdb-conformance spec`: reads pages of the docs. */
import { check, type Generation, generate } from '../../spec/commands.ts';
import type { Terminal } from './terminal.ts';

export async function generateSpec(
  docs: readonly string[],
  generation: Generation,
  io: Terminal,
): Promise<number> {
  const { lines } = await generate(docs, generation);
  io.write(`${lines.join('\n')}\n`);
  return 0;
}

/** @returns 1 where the sentence of a clause has changed */
export async function checkSpec(docs: readonly string[], io: Terminal): Promise<number> {
  const { lines, moved } = await check(docs);
  io.write(`${lines.join('\n')}\n`);
  return moved ? 1 : 0;
}
