/** An image that is to be there before it is booted. */
import { UserError } from '../model/errors.ts';
import type { Runtime } from './runtime.ts';

/**
 * Pulls it where it isn't there.
 * @param say is told before it takes its time
 * @throws {UserError} exit 3: it can't be had
 */
export async function present(
  { client, imageName }: Runtime,
  reference: string,
  say: (step: string) => void,
): Promise<void> {
  const name = imageName(reference);
  if (await client.image.exists(name)) return;
  say(`pulling ${reference}`);
  try {
    await client.image.pull(name);
  } catch (error) {
    throw notPulled(reference, error);
  }
  // What goes wrong within the stream of a pull, the library does not tell.
  if (!(await client.image.exists(name))) throw notPulled(reference, 'the pull came to nothing');
}

/** What the words of a daemon mean: the first row whose pattern is in them. */
const meanings: readonly {
  readonly pattern: RegExp;
  readonly problem: string;
  readonly remedy: string;
}[] = [
  {
    pattern: /pull access denied|may require 'docker login'/i,
    problem: 'there is no such image, or its registry wants a login',
    remedy: 'Mend its name; if it is right, docker login to its registry first.',
  },
  {
    pattern: /unauthorized|authentication required|no basic auth credentials|denied: /i,
    problem: 'its registry wants a login',
    remedy: 'docker login to its registry first: the same login is used here.',
  },
  {
    pattern: /manifest unknown|not found: manifest|manifest for .* not found/i,
    problem: 'there is no such tag',
    remedy: 'Mend the tag: its registry lists those that there are.',
  },
  {
    pattern: /toomanyrequests|rate limit/i,
    problem: 'its registry has had too many pulls from here',
    remedy: 'Wait, or docker login to its registry, which allows more.',
  },
  {
    pattern:
      /no such host|dial tcp|i\/o timeout|connection refused|TLS handshake|Client\.Timeout|server misbehaving/i,
    problem: 'its registry can’t be reached',
    remedy: 'Mend the daemon’s way there (network, proxy, mirror), or bring the image: docker load.',
  },
  {
    pattern: /no matching manifest|does not match the specified platform/i,
    problem: 'it isn’t there for this kind of processor',
    remedy: 'Take an image for it, or a machine of the other kind.',
  },
  {
    pattern: /no space left/i,
    problem: 'the daemon has no room for it',
    remedy: 'Make room: docker system df tells where it went.',
  },
  { pattern: /not found|no such image/i, problem: 'there is no such image', remedy: 'Mend its name.' },
];

export function notPulled(reference: string, cause: unknown): UserError {
  const words = wordsOf(cause);
  const meaning = meanings.find(({ pattern }) => pattern.test(words));
  return new UserError(
    `${reference} can’t be pulled: ${meaning?.problem ?? 'see what the daemon says'} (${words}).`,
    meaning?.remedy ?? `Try docker pull ${reference}.`,
    3,
    { cause },
  );
}

/** What a daemon says, in a line; the client's own preface is left out. */
export const wordsOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
