/**
 * A cluster in a container, by testcontainers: boots the image, bootstraps the cluster in it, and removes it, whatever
 * happened. The library is loaded only when a container is asked for. Its reaper is off: it needs a second image and the
 * daemon's socket. A label names the process of each container, and the next run reports those of killed runs.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ContainerRuntimeClient, WaitStrategy } from 'testcontainers';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { redactor } from '../http/redaction.ts';
import type { Login, Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { bootstrap, bootstrapsOnly, CalledOff, NoCluster } from './bootstrap.ts';
import { daemonText, notPulled } from './images.ts';

export interface BootOptions {
  /** As Docker takes it. */
  readonly image: string;
  /** How long it may take from its start to a cluster, in milliseconds. */
  readonly limitMs: number;
  readonly interrupt: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (step: string) => void;
  /** Receives problems that stop nothing. */
  readonly warn: (problem: string) => void;
}

export interface BootedCluster extends AsyncDisposable {
  /** With a login that exists in this process alone. */
  readonly target: Target;
}

/** The container did not become a cluster. Exit 3. */
export class BootFailure extends UserError {
  /** The last lines of its log, as it wrote them. */
  readonly lastLines: readonly string[];

  constructor(problem: string, remedy: string, lastLines: readonly string[], options?: ErrorOptions) {
    super(problem, remedy, 3, options);
    this.name = 'BootFailure';
    this.lastLines = lastLines;
  }
}

type Testcontainers = typeof import('testcontainers');
type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

/** A container that is to become a cluster; `name` is that of `docker ps`. */
interface Node {
  readonly image: string;
  readonly name: string;
  readonly cluster: string;
  readonly login: Login;
}

const apiPort = 9443;
const answerTimeoutMs = 2000;
const logLines = 20;
const label = 'crdb-conformance';

/**
 * @throws {UserError} exit 2: testcontainers is not installed; exit 3: no daemon, no such image, or no cluster
 * @throws {CalledOff} by the interrupt; the container is removed
 */
export async function bootCluster(options: BootOptions): Promise<BootedCluster> {
  const { image, interrupt, say, warn, env } = options;
  const library = await testcontainers();
  const client = await library.getContainerRuntimeClient().catch((error: unknown) => {
    throw noDaemon(env, error);
  });
  for (const line of await leftovers(client)) warn(line);
  await unlessCalledOff(pull(library, client, image, say), interrupt);
  const name = `crdb-conformance-${randomBytes(5).toString('hex')}`;
  const cluster = `${name}.local`;
  const login = { user: `conformance@${cluster}`, password: `Aa1-${randomBytes(18).toString('base64url')}` };
  const node: Node = { image, name, cluster, login };
  say(`booting ${image} as ${name}`);
  try {
    const ready = clusterIsReady(client, node, options);
    const started = await containerFor(library, client, node).withWaitStrategy(ready).start();
    say('the cluster is ready; testing starts');
    const target = targetAt(client, started.getMappedPort(apiPort), login);
    return { target, [Symbol.asyncDispose]: () => remove(client, name) };
  } catch (error) {
    const failure = await failureOf(client, client.container.getById(name), node, error);
    await remove(client, name); // the library leaves a container behind that ended before its port was open
    throw failure;
  }
}

async function testcontainers(): Promise<Testcontainers> {
  try {
    return await import('testcontainers');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new UserError(
      'Containers need the package testcontainers, which is not installed.',
      'npm install --save-dev testcontainers, or npx --package=crdb-tasks-conformance --package=testcontainers crdb-conformance run …',
      2,
      { cause: error },
    );
  }
}

async function pull(
  { ImageName }: Testcontainers,
  client: ContainerRuntimeClient,
  image: string,
  say: (step: string) => void,
): Promise<void> {
  const name = ImageName.fromString(image);
  if (await client.image.exists(name)) return;
  say(`pulling ${image}`);
  await client.image.pull(name).catch((error: unknown) => {
    throw notPulled(image, error);
  });
  // The library does not report errors within the stream of a pull.
  if (!(await client.image.exists(name))) throw notPulled(image, 'the pull ended without the image');
}

function containerFor(
  { GenericContainer }: Testcontainers,
  client: ContainerRuntimeClient,
  { image, name, cluster }: Node,
) {
  class ClusterContainer extends GenericContainer {
    /** The library opens ports on every interface; a daemon on this machine needs the loopback one only. */
    onLoopback(): this {
      if (isLocal(client))
        this.hostConfig.PortBindings = { [`${apiPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '0' }] };
      return this;
    }
  }
  return new ClusterContainer(image)
    .withName(name)
    .withLabels({ [label]: `${hostname()}:${process.pid}` })
    .withAutoCleanup(false)
    .withExposedPorts(apiPort)
    .withAddedCapabilities('SYS_RESOURCE') // the vendor's image needs it
    .withExtraHosts([{ host: cluster, ipAddress: '127.0.0.1' }]) // the cluster calls itself by this name
    .onLoopback();
}

const isLocal = ({ info }: ContainerRuntimeClient): boolean => info.containerRuntime.host === 'localhost';

/** A container is ready when a cluster was created in it that accepts its login. */
function clusterIsReady(
  client: ContainerRuntimeClient,
  node: Node,
  { limitMs, interrupt, say }: BootOptions,
): WaitStrategy {
  const strategy: WaitStrategy = {
    async waitUntilReady(container, ports) {
      const clock = realClock();
      const { send, wait, close } = httpEnvironment({
        target: targetAt(client, ports.getBinding(apiPort), node.login),
        clock,
        timeoutMs: answerTimeoutMs,
        concurrency: 1,
        guard: bootstrapsOnly,
        record: () => {}, // these requests hold the password of the cluster
        over: interrupt,
      });
      const look = async (): Promise<void> => {
        const ended = await endOf(container);
        if (ended) throw ended;
      };
      try {
        await unlessCalledOff(
          bootstrap({ ...node, send, wait, nowMs: clock.nowMs, limitMs, interrupt, look, say }),
          interrupt,
        );
      } catch (error) {
        throw await failureOf(client, container, node, error);
      } finally {
        close();
      }
    },
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => limitMs,
  };
  return strategy;
}

const targetAt = (client: ContainerRuntimeClient, port: number, login: Login): Target => ({
  url: new URL(`https://${isLocal(client) ? '127.0.0.1' : client.info.containerRuntime.host}:${port}`),
  login,
  insecure: true,
});

/** What went wrong, for people, with the container's last log lines where it had started. */
async function failureOf(
  client: ContainerRuntimeClient,
  container: Container,
  { image, login }: Node,
  cause: unknown,
): Promise<Error> {
  if (cause instanceof UserError || cause instanceof CalledOff) return cause;
  const reason = cause instanceof NoCluster ? cause : await endOf(container);
  if (!reason)
    return new UserError(
      `${image} can’t be started: ${daemonText(cause)}.`,
      'Correct the cause of the daemon’s error; docker run may show more.',
      3,
      { cause },
    );
  const lastLines = (await lastLinesOf(client, container)).map(redactor({ login }));
  return new BootFailure(`${image} did not become a cluster: ${reason.message}.`, reason.remedy, lastLines, {
    cause,
  });
}

/** Why a container does not run any more; undefined where it runs, or has never run. */
async function endOf(container: Container): Promise<NoCluster | undefined> {
  const shown = await container.inspect().catch(() => undefined);
  if (!shown) return new NoCluster('its container is gone', 'Something else removed it: run again.');
  const { Status, ExitCode, OOMKilled } = shown.State;
  if (Status !== 'exited' && Status !== 'dead') return undefined;
  return new NoCluster(
    `it ended with exit code ${ExitCode}${OOMKilled ? ' because it ran out of memory' : ''}`,
    OOMKilled ? 'Give it more memory: the vendor’s image needs 4 GB.' : 'Its last lines may show why.',
  );
}

/** Stops the container, so that its log ends, and reads the last lines; none where that fails. */
async function lastLinesOf(client: ContainerRuntimeClient, container: Container): Promise<readonly string[]> {
  try {
    await client.container.stop(container, { timeout: 0 });
    const pieces: string[] = await (await client.container.logs(container, { tail: logLines })).toArray();
    const lines = pieces.join('').split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-logLines);
  } catch {
    return [];
  }
}

const removalCommand = (name: string): string => `docker rm --force --volumes ${name}`;

/** Removes a container with its volumes. @throws {UserError} exit 3: it still exists, and how to remove it */
async function remove(client: ContainerRuntimeClient, name: string): Promise<void> {
  try {
    await client.container.getById(name).remove({ force: true, v: true });
  } catch (error) {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (status === 404 || status === 409) return; // already removed, or being removed
    throw new UserError(
      `The container ${name} still exists: ${daemonText(error)}.`,
      `Remove it: ${removalCommand(name)}`,
      3,
      { cause: error },
    );
  }
}

/** A line for each container whose run was killed. */
async function leftovers(client: ContainerRuntimeClient): Promise<readonly string[]> {
  return (await client.container.list()).flatMap(({ Labels, Names }) => {
    const name = (Names[0] ?? '').replace(/^\//, '');
    const [host, pid] = (Labels[label] ?? '').split(':');
    return host === hostname() && hasEnded(Number(pid))
      ? [`the container ${name} is left over from a run that was killed. Remove it: ${removalCommand(name)}`]
      : [];
  });
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0); // only asks whether the process exists
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

export function noDaemon({ DOCKER_HOST = '' }: NodeJS.ProcessEnv, cause?: unknown): UserError {
  const where = DOCKER_HOST === '' ? '' : ` at DOCKER_HOST=${DOCKER_HOST.replace(/\/\/[^/@]*@/, '//…@')}`;
  return new UserError(
    `No Docker daemon answers${where} (${daemonText(cause)}).`,
    'Install and start Docker or Podman, give this user access to its socket, or set DOCKER_HOST.',
    3,
    { cause },
  );
}

/** Rejects at the interrupt; what can't be cancelled is left to end by itself. */
async function unlessCalledOff<T>(work: Promise<T>, interrupt: AbortSignal): Promise<T> {
  const calledOff = Promise.withResolvers<never>();
  const callOff = (): void => calledOff.reject(new CalledOff());
  if (interrupt.aborted) callOff();
  interrupt.addEventListener('abort', callOff, { once: true });
  void Promise.allSettled([work, calledOff.promise]); // neither rejection may be without a listener
  try {
    return await Promise.race([work, calledOff.promise]);
  } finally {
    interrupt.removeEventListener('abort', callOff);
  }
}
