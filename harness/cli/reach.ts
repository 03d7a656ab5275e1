/** How a target is reached: a server that runs already, the embedded reference cluster, or a container that is booted. */
import { printable } from '../../reports/text/escape.ts';
import { targetOf } from '../config/options.ts';
import type { Passwords } from '../config/passwords.ts';
import type { RunOptions } from '../config/run-options.ts';
import type { BootFailure } from '../container/boot.ts';
import { imageNamed } from '../container/images.ts';
import { realClock } from '../http/clock.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import type { Terminal } from './terminal.ts';

/** A target that can be tested now; its disposal stops what was started for it. */
export interface ReachedTarget extends AsyncDisposable {
  readonly target: Target;
}

/** A target that is known to be configured correctly. */
export interface ReachableTarget {
  /** What people call it where they gave it no name. */
  readonly name: string;
  /** Where it is, without credentials. */
  readonly url: string;
  readonly options: RunOptions;
  /** @throws {UserError} it can't be reached @throws {CalledOff} by an interrupt */
  reach(): Promise<ReachedTarget>;
}

/**
 * The target that some options name; the reference cluster where they name none.
 * @param originOf who gave an option, for people
 * @throws {UserError} exit 2: the options contradict each other, or a file of them can't be read
 */
export async function reachable(
  options: RunOptions,
  passwordOf: Passwords,
  io: Terminal,
  originOf: (key: string) => string | undefined = (key) => key,
): Promise<ReachableTarget> {
  if (options.container !== undefined) return inContainer(options.container, options, io, originOf);
  const target = await targetOf(options, io.env, passwordOf);
  if (!target)
    return { name: 'reference cluster', url: 'the reference cluster', options, reach: embeddedReference };
  const reached: ReachedTarget = { target, async [Symbol.asyncDispose]() {} };
  return { name: target.url.host, url: target.url.href, options, reach: async () => reached };
}

async function embeddedReference(): Promise<ReachedTarget> {
  const { startReference } = await import('../reference/reference.ts');
  const { url, user, password, close } = await startReference({ clock: realClock(), epochMs: Date.now() });
  const target = { url: new URL(url), login: { user, password }, insecure: false };
  return { target, [Symbol.asyncDispose]: close };
}

/** From the start of a container until its cluster answers. */
const startTimeoutMs = 300_000;

/** Options that name another target, or other tasks, than those of a fresh cluster. */
const misfits = [
  'target',
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

function inContainer(
  image: string,
  given: RunOptions,
  io: Terminal,
  originOf: (key: string) => string | undefined,
): ReachableTarget {
  const reference = imageNamed(image);
  const options = containerOptions(given, originOf);
  return {
    name: reference,
    url: `docker://${reference.replace('@', '%40')}`,
    options,
    async reach() {
      const { BootFailure, bootCluster } = await import('../container/boot.ts');
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
    },
  };
}

/**
 * The options of a run on a container. A password in the environment is meant for other runs.
 * @param originOf who gave an option, for people
 * @throws {UserError} exit 2: an option names another target, or other tasks
 */
export function containerOptions(
  options: RunOptions,
  originOf: (key: string) => string | undefined = (key) => key,
): RunOptions {
  const { passwordFrom, ...others } = options;
  const own = originOf('passwordFrom')?.startsWith('environment ') ? others : options;
  refuseMisfits(own, originOf);
  return {
    ...own,
    insecure: true, // the cluster signs its certificate itself
    ...(options.readOnly ? {} : { provision: 'crdbs' as const }),
  };
}

function refuseMisfits(options: RunOptions, originOf: (key: string) => string | undefined): void {
  const { provision, auth } = options;
  const key =
    misfits.find((one) => options[one] !== undefined) ??
    (provision !== undefined && provision !== 'crdbs' ? 'provision' : auth === false ? 'auth' : undefined);
  if (key === undefined) return;
  throw new UserError(
    `A container is a target of its own (${originOf('container')}), and ${originOf(key)} contradicts it.`,
    'Use only one of them: the address, the login and the tasks of a container are made by the run.',
    2,
  );
}

/** The cause is most often in the last lines of the container. */
function withLastLines({ message, remedy, lastLines, exitCode }: BootFailure): UserError {
  const said =
    lastLines.length === 0
      ? 'It printed nothing.'
      : ['Its last lines:', ...lastLines.map((line) => `  ${printable(line, 300)}`)].join('\n');
  return new UserError(`${printable(message, 1000)}\n${said}`, remedy, exitCode);
}
