/**
 * A container that becomes a cluster, is there to be tested, and is removed, whatever happened. Nobody else is asked to
 * look after it: testcontainers' reaper would be a second image to pull, with the daemon's socket in its hands. What a
 * `kill -9` leaves bears a label and the process that it was for, and the next run tells of it.
 */
import { randomBytes } from 'node:crypto';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { redactor, type Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { bootstrap, bootstrapsOnly, NoCluster } from './bootstrap.ts';
import { CalledOff } from './called-off.ts';
import { type Container, label, type Made, owner, removal, tellLeftovers } from './docker.ts';
import { present, wordsOf } from './pulling.ts';
import { containerRuntime, type Runtime } from './runtime.ts';

export interface BootOptions {
  /** As Docker takes it. */
  readonly image: string;
  /** How long it may take from its start to a cluster, in milliseconds. */
  readonly limitMs: number;
  readonly interrupt: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Is told how it goes on. */
  readonly say: (step: string) => void;
  /** Is told what is not as it should be, and stops nothing. */
  readonly warn: (trouble: string) => void;
}

export interface BootedCluster extends AsyncDisposable {
  /** With a login that was made for it, and is known to nobody else. */
  readonly target: Target;
}

/** It did not become a cluster. Exit 3. */
export class BootFailure extends UserError {
  /** What it said last, as it said it. */
  readonly lastLines: readonly string[];

  constructor(problem: string, remedy: string, lastLines: readonly string[], options?: ErrorOptions) {
    super(problem, remedy, 3, options);
    this.name = 'BootFailure';
    this.lastLines = lastLines;
  }
}

/** The API's port within the container. */
const apiPort = '9443/tcp';

/** Patience for one answer while it boots, in milliseconds. */
const answerMs = 2000;

/**
 * @throws {UserError} exit 2: something is not installed; exit 3: no daemon, no such image, or no cluster came of it
 * @throws {CalledOff} by the interrupt, and the container is gone again
 */
export async function bootCluster(options: BootOptions): Promise<BootedCluster> {
  const { image, interrupt, say, warn, env } = options;
  const runtime = await containerRuntime(env);
  await tellLeftovers(runtime, warn);
  await unlessCalledOff(present(runtime, image, say), interrupt);
  const name = `crdb-conformance-${randomBytes(5).toString('hex')}`;
  say(`booting ${image} as ${name}`);
  const made = await create(runtime, image, name);
  try {
    const target = await clusterIn(made, runtime, options);
    say('it is a cluster, and is tested');
    return { target, [Symbol.asyncDispose]: () => removal(made) };
  } catch (error) {
    const failure = error instanceof NoCluster ? await explained(error, image, made) : error;
    await removal(made);
    throw failure;
  }
}

async function create({ client, imageName }: Runtime, image: string, name: string): Promise<Made> {
  const cluster = `${name}.local`;
  try {
    const container = await client.container.create({
      name,
      Image: imageName(image).string,
      Labels: { [label]: owner },
      ExposedPorts: { [apiPort]: {} },
      HostConfig: {
        PortBindings: { [apiPort]: [{ HostIp: addresses(client).bound, HostPort: '' }] }, // a port that is free
        CapAdd: ['SYS_RESOURCE'], // the vendor's image wants it, and can't be told from a copy of it
        ExtraHosts: [`${cluster}:127.0.0.1`], // it asks itself by this name when a database is made
      },
    });
    return {
      name,
      container,
      cluster,
      login: { user: `conformance@${cluster}`, password: `Aa1-${randomBytes(18).toString('base64url')}` },
    };
  } catch (error) {
    throw new UserError(
      `${image} can’t be made a container: ${wordsOf(error)}.`,
      'See what the daemon says; docker run may tell more.',
      3,
      { cause: error },
    );
  }
}

const addresses = ({ info }: Runtime['client']): Addresses => addressesFor(info.containerRuntime.host);

interface Addresses {
  /** Where the port is opened; nothing stands for every address of the daemon's machine. */
  readonly bound: string;
  /** Where it is asked. */
  readonly asked: string;
}

/**
 * Where the daemon is on this machine, the port is for this machine alone. It isn't where `host` is the gateway, for a
 * program that is in a container itself and was handed the daemon's socket, nor for a daemon far away.
 */
export const addressesFor = (host: string): Addresses =>
  host === 'localhost' ? { bound: '127.0.0.1', asked: '127.0.0.1' } : { bound: '', asked: host };

/** Starts it, and makes it a cluster. */
async function clusterIn(
  made: Made,
  { client }: Runtime,
  { limitMs, interrupt, say, image }: BootOptions,
): Promise<Target> {
  const { container, login, cluster } = made;
  if (interrupt.aborted) throw new CalledOff();
  try {
    await container.start();
  } catch (error) {
    throw notStarted(image, error);
  }
  const port = await portOf(container);
  const target: Target = {
    url: new URL(`https://${addresses(client).asked}:${port}`),
    login,
    insecure: true,
  };
  const clock = realClock();
  const environment = httpEnvironment({
    target,
    clock,
    timeoutMs: answerMs,
    concurrency: 1,
    guard: bootstrapsOnly,
    record: () => {}, // its requests hold the password of the cluster
    over: interrupt,
  });
  try {
    const { send, wait } = environment;
    const look = async (): Promise<void> => void (await running(container));
    await unlessCalledOff(
      bootstrap({ send, wait, nowMs: clock.nowMs, limitMs, cluster, login, interrupt, look, say }),
      interrupt,
    );
    return target;
  } finally {
    environment.close();
  }
}

/** @throws {NoCluster} it has ended, or is gone */
async function running(container: Container): Promise<Awaited<ReturnType<Container['inspect']>>> {
  const shown = await container.inspect().catch((error: unknown) => {
    throw new NoCluster(`it is gone: ${wordsOf(error)}`, 'Somebody else removed it: run again.');
  });
  const { Running, ExitCode, OOMKilled } = shown.State;
  if (Running) return shown;
  throw new NoCluster(
    `it ended with exit code ${ExitCode}${OOMKilled ? ', for it ran out of memory' : ''}`,
    OOMKilled ? 'Give it more memory: the vendor’s image wants 4 GB.' : 'What it said above may tell why.',
  );
}

async function portOf(container: Container): Promise<string> {
  const { NetworkSettings } = await running(container);
  const port = NetworkSettings.Ports[apiPort]?.[0]?.HostPort;
  if (port !== undefined) return port;
  throw new NoCluster('the daemon opened no port to it', 'See its network settings: docker info.');
}

function notStarted(image: string, cause: unknown): Error {
  const words = wordsOf(cause);
  const taken = /port is already allocated|address already in use/i.test(words);
  return new UserError(
    `${image} can’t be started: ${taken ? 'the port that the daemon chose was taken by somebody else' : words}.`,
    taken ? 'Run again.' : 'See what the daemon says; docker run may tell more.',
    3,
    { cause },
  );
}

async function explained(
  { message, remedy }: NoCluster,
  image: string,
  { container, login }: Made,
): Promise<BootFailure> {
  const lastLines = (await lastLinesOf(container)).map(redactor(login));
  return new BootFailure(`${image} did not become a cluster: ${message}.`, remedy, lastLines);
}

/** So many of its lines are told. */
const told = 20;

/** What it said last, on both its streams; none where it can't be asked any more. */
async function lastLinesOf(container: Container): Promise<readonly string[]> {
  try {
    const framed = await container.logs({ stdout: true, stderr: true, tail: told });
    return textIn(framed)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-told);
  } catch {
    return [];
  }
}

/** Docker puts eight bytes before each piece of a stream: the last four are its length. */
export function textIn(framed: Buffer): string {
  const pieces: string[] = [];
  for (let at = 0; at + 8 <= framed.length; ) {
    const length = framed.readUInt32BE(at + 4);
    pieces.push(framed.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces.join('');
}

/** What can't be called off itself is left behind: its own end is nobody's business any more. */
async function unlessCalledOff<T>(work: Promise<T>, interrupt: AbortSignal): Promise<T> {
  const calledOff = Promise.withResolvers<never>();
  const callOff = (): void => calledOff.reject(new CalledOff());
  if (interrupt.aborted) callOff();
  interrupt.addEventListener('abort', callOff, { once: true });
  work.catch(() => {});
  try {
    return await Promise.race([work, calledOff.promise]);
  } finally {
    interrupt.removeEventListener('abort', callOff);
    calledOff.promise.catch(() => {});
  }
}
