/** `crdb-conformance reference`: the reference cluster as a server, until Ctrl-C. */
import { once } from 'node:events';
import { unknown } from '../config/options.ts';
import { realClock } from '../http/clock.ts';
import { cannotListen, UserError } from '../model/errors.ts';
import { selfSigned } from '../reference/certificate.ts';
import { takingS } from '../reference/crdbs-options.ts';
import { bareNodeLines, curlLines, databaseLines } from '../reference/demo.ts';
import { mutants } from '../reference/mutants.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import type { Terminal } from './terminal.ts';

export interface ReferenceCommand {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly mutant?: string;
  /** Tasks are made through `/v1/crdbs`, as on a real cluster. */
  readonly crdbs?: boolean;
  /** How long an operation on a database takes, in seconds. */
  readonly operationS?: number;
  /** A node without a cluster. After the bootstrap, tasks are made through `/v1/crdbs`. */
  readonly bareNode?: boolean;
}

const defaultPort = 9080;

/** @throws {UserError} exit 2: no such mutant, or it can't listen on the port */
export async function reference(
  {
    host = '127.0.0.1',
    port = defaultPort,
    tls = false,
    mutant: id,
    crdbs,
    operationS,
    bareNode,
  }: ReferenceCommand,
  io: Terminal,
): Promise<number> {
  const mutant = mutants.find((one) => one.id === id);
  if (id !== undefined && !mutant)
    throw unknown(
      'mutant',
      id,
      mutants.map((one) => one.id),
    );
  const hasDatabases = crdbs === true || bareNode === true;
  if (operationS !== undefined && !hasDatabases)
    throw new UserError('--operation-s is the time of an operation on a database.', 'Add --crdbs.', 2);
  await using cluster = await listen(host, port, {
    clock: realClock(),
    epochMs: Date.now(),
    ...(mutant ? { rules: mutant.rules } : {}),
    ...(tls ? { tls: await selfSigned('localhost', ['localhost', '127.0.0.1']) } : {}),
    ...(hasDatabases
      ? {
          crdbs: {
            bootstrapped: bareNode !== true,
            ...(operationS === undefined ? {} : { takesMs: takingS(operationS) }),
          },
        }
      : {}),
  });
  io.write(
    `The ${mutant ? `mutant ${mutant.id} (${mutant.breaks})` : 'reference cluster'} listens on ${cluster.url}\n`,
  );
  const linesFor = bareNode ? bareNodeLines : hasDatabases ? databaseLines : curlLines;
  io.write(
    `Try it:\n${linesFor(cluster)
      .map((line) => `  ${line}\n`)
      .join('')}Press Ctrl-C to stop.\n`,
  );
  if (!io.interrupt.aborted) await once(io.interrupt, 'abort');
  return 0;
}

async function listen(
  host: string,
  port: number,
  options: Omit<Parameters<typeof startReference>[0], 'host' | 'port'>,
): Promise<Reference> {
  try {
    return await startReference({ ...options, host, port });
  } catch (error) {
    throw cannotListen(error, { host, port, option: '--port' });
  }
}
