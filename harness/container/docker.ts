/** The containers of this program: what is known of one, its end, and those that a killed run left. */
import { hostname } from 'node:os';
import type { Login } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { wordsOf } from './pulling.ts';
import type { Runtime } from './runtime.ts';

/** As the library's client makes it. */
export type Container = Awaited<ReturnType<Runtime['client']['container']['create']>>;

export interface Made {
  /** As `docker ps` shows it. */
  readonly name: string;
  readonly container: Container;
  /** The name that the cluster in it gets. */
  readonly cluster: string;
  readonly login: Login;
}

/** All containers of this program bear it. Its value: the host and the process that one is for. */
export const label = 'crdb-conformance';

/** The value of the label for this process. */
export const owner = `${hostname()}:${process.pid}`;

const byHand = (name: string): string => `docker rm --force --volumes ${name}`;

/** Ends it and takes it away, with its volumes. @throws {UserError} exit 3: it is still there, and how to remove it */
export async function removal({ container, name }: Pick<Made, 'container' | 'name'>): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (status === 404 || status === 409) return; // it is gone, or is just going
    throw new UserError(
      `The container ${name} is still there: ${wordsOf(error)}.`,
      `Remove it: ${byHand(name)}`,
      3,
      { cause: error },
    );
  }
}

/** Tells of containers whose run was killed: nobody else would remove them. */
export async function tellLeftovers({ client }: Runtime, warn: (trouble: string) => void): Promise<void> {
  for (const { Labels, Names } of await client.container.list()) {
    const [name = ''] = Names.map((one) => one.replace(/^\//, ''));
    const whose = Labels[label];
    if (whose !== undefined && isOver(whose))
      warn(`the container ${name} is left of a run that was killed. Remove it: ${byHand(name)}`);
  }
}

/** Whether the process is surely no more; of one on another machine nobody knows. */
function isOver(whose: string): boolean {
  const [host, pid] = whose.split(':');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0); // asks for it, and does nothing to it
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
