/** The program called in this process: for tests of its words and exit codes. */
import { main } from '../../cli.ts';
import type { Ended, Surroundings } from './program.ts';
import { listeningTerminal } from './terminal.ts';

/** What `crdb-conformance ARGS` writes and returns, with this environment alone. The working folder stays this process's. */
export async function called(
  args: readonly string[],
  { env = {}, stdin = '' }: Omit<Surroundings, 'cwd'> = {},
): Promise<Ended> {
  const io = { ...listeningTerminal(), env, stdin: async () => stdin };
  const code = await main(args, io);
  return { code, ...io.said };
}
