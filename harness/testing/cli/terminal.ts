/** A terminal that remembers what was said to it, for commands that are tried within the test's own process. */
import type { Terminal } from '../../cli/terminal.ts';

export function listeningTerminal(): Terminal & { readonly said: { out: string; err: string } } {
  const said = { out: '', err: '' };
  return {
    said,
    env: {},
    colour: false,
    width: 400,
    screen: { isTTY: false, write: () => {} },
    interrupt: new AbortController().signal,
    write(text) {
      said.out += text;
    },
    error(text) {
      said.err += text;
    },
    command: () => {},
    close: () => {},
    stdin: async () => '',
  };
}
