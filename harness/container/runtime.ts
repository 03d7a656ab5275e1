/**
 * The way to Docker, by testcontainers: its client finds the daemon (DOCKER_HOST, contexts, rootless, Podman) and the
 * logins of registries. It is loaded when a container is asked for, and only then; who never does needn't install it.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import type { ContainerRuntimeClient, ImageName } from 'testcontainers';
import { UserError } from '../model/errors.ts';

export interface Runtime {
  readonly client: ContainerRuntimeClient;
  readonly imageName: (reference: string) => ImageName;
}

/** @throws {UserError} exit 2: testcontainers isn't installed; exit 3: no daemon answers */
export async function containerRuntime(env: NodeJS.ProcessEnv): Promise<Runtime> {
  const { getContainerRuntimeClient, ImageName } = await library();
  try {
    const client = await getContainerRuntimeClient();
    return { client, imageName: (reference) => ImageName.fromString(reference) };
  } catch (error) {
    throw noDaemon(env, wayTo(usualSocket), error);
  }
}

async function library(): Promise<typeof import('testcontainers')> {
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

const usualSocket = '/var/run/docker.sock';

/** Whether a daemon could be asked by the usual way. */
export type Way = 'not there' | 'closed' | 'open';

function wayTo(socket: string): Way {
  if (!existsSync(socket)) return 'not there';
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return 'open';
  } catch {
    return 'closed';
  }
}

const troubles: Readonly<Record<Way, readonly [problem: string, remedy: string]>> = {
  'not there': [
    `No Docker daemon answers: ${usualSocket} is not there.`,
    'Install and start Docker (or Podman), or name its address in DOCKER_HOST.',
  ],
  closed: [
    `This user may not ask the Docker daemon: ${usualSocket} is closed to it.`,
    'Add the user to the group docker and log in anew, or name another daemon in DOCKER_HOST.',
  ],
  open: [
    `No Docker daemon answers at ${usualSocket}.`,
    'Start it: sudo systemctl start docker, or Docker Desktop.',
  ],
};

export function noDaemon({ DOCKER_HOST = '' }: NodeJS.ProcessEnv, way: Way, cause?: unknown): UserError {
  const [problem, remedy] =
    DOCKER_HOST === ''
      ? troubles[way]
      : [
          `No Docker daemon answers at ${DOCKER_HOST.replace(/\/\/[^/@]*@/, '//…@')}, which DOCKER_HOST names.`,
          'Start it, or mend DOCKER_HOST.',
        ];
  return new UserError(problem, remedy, 3, { cause });
}
