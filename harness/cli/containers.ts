/** `run --container`: a cluster that is started, tested and removed. */
import { printable } from '../../reports/escape.ts';
import type { RunOptions } from '../config/options.ts';
import { BootFailure, bootCluster } from '../container/boot.ts';
import { CalledOff } from '../container/bootstrap.ts';
import { type Image, imageNamed } from '../container/images.ts';
import { UserError } from '../model/errors.ts';
import type { Reached } from '../run/reached.ts';
import { dryRun } from './dry-run.ts';
import { run } from './run.ts';
import type { Terminal } from './terminal.ts';

/** From the start of a container until its cluster answers. */
const startTimeoutMs = 300_000;

/** What would speak of another target, or of other tasks, than a fresh cluster's. */
const misfits = [
  'target',
  'targets',
  'shard',
  'node',
  'followLeader',
  'proxy',
  'passwordFrom',
  'ca',
  'cert',
  'key',
  'crdb',
  'command',
  'tasks',
] as const;

/**
 * @param originOf who gave an option, for people
 * @param isDry nothing is booted, and what would be sent is told
 * @returns the exit code
 * @throws {UserError} exit 2: the options contradict each other; exit 3: no cluster came of it
 */
export async function runContainers(
  options: RunOptions,
  originOf: (key: string) => string | undefined,
  isDry: boolean,
  io: Terminal,
): Promise<number> {
  refuseMisfits(options, originOf);
  const image = imageNamed(options.container ?? '');
  if (isDry) return await told([image], options, io);
  const where = { name: () => image.reference, reach: () => booted(image, io) };
  try {
    return await run(optionsFor(image, options), io, where);
  } catch (error) {
    if (error instanceof CalledOff) return 130;
    throw error;
  }
}

function refuseMisfits(options: RunOptions, originOf: (key: string) => string | undefined): void {
  const { provision, auth } = options;
  const key =
    misfits.find((one) => options[one] !== undefined) ??
    (provision !== undefined && provision !== 'crdbs' ? 'provision' : auth === false ? 'auth' : undefined);
  if (key === undefined) return;
  const ours = originOf('container');
  throw new UserError(
    `A container is a target of its own (${ours}), and ${originOf(key)} says otherwise.`,
    'Leave one of them away: its address, its login and its tasks are made for it.',
    2,
  );
}

/** What the run of one image comes to. */
const optionsFor = ({ reference }: Image, options: RunOptions): RunOptions => ({
  ...options,
  container: reference,
  insecure: true, // nobody signed the certificate that it has just made
  ...(options.readOnly ? {} : { provision: 'crdbs' as const }),
});

async function booted({ reference }: Image, io: Terminal): Promise<Reached> {
  try {
    return await bootCluster({
      image: reference,
      limitMs: startTimeoutMs,
      interrupt: io.interrupt,
      env: io.env,
      say: (step) => io.screen.write(`${printable(reference)}: ${printable(step)}\n`),
      warn: (trouble) => io.error(`Warning: ${printable(trouble)}\n`),
    });
  } catch (error) {
    throw error instanceof BootFailure ? withLastLines(error) : error;
  }
}

/** The cause of it is most often in what the container said. */
function withLastLines({ message, remedy, lastLines, exitCode }: BootFailure): UserError {
  const said =
    lastLines.length === 0
      ? 'It said nothing.'
      : ['Its last lines:', ...lastLines.map((line) => `  ${printable(line, 300)}`)].join('\n');
  return new UserError(`${printable(message, 1000)}\n${said}`, remedy, exitCode);
}

async function told(images: readonly Image[], options: RunOptions, io: Terminal): Promise<number> {
  const all = images.map(({ reference }) => reference);
  io.write(
    `It would boot ${all.join(', then ')}, send POST /v1/bootstrap/create_cluster to it, and remove it at the end.\n`,
  );
  const [first] = images;
  return first ? await dryRun({ ...optionsFor(first, options), target: all.join(', ') }, io) : 0;
}
