/** The image of `--container`: its name, and why it can't be pulled. Pure. */
import { UserError } from '../model/errors.ts';

/** Letters, digits and a few signs; a host may have a port, and a digest may be in the place of a tag. */
const imagePattern = /^(?!.*\/\/)[a-z0-9][\w./:-]*[\w](@sha256:[0-9a-f]{64})?$/i;

/** @throws {UserError} exit 2: it is no name of an image */
export function imageNamed(reference: string): string {
  if (imagePattern.test(reference)) return reference;
  throw new UserError(
    `--container ${reference.replace(/[^\x20-\x7e]/g, '?')} is not the name of an image.`,
    'Write it as for docker pull, such as redislabs/redis:7.8.6-286.',
    2,
  );
}

const pullRemedies: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /pull access denied|unauthorized|authentication required|no basic auth|denied: |toomanyrequests|rate limit/i,
    'Check its name and run docker login for its registry: the same login is used here.',
  ],
  [
    /no such host|dial tcp|i\/o timeout|connection refused|TLS handshake|Client\.Timeout|server misbehaving/i,
    'Its registry can’t be reached: check the daemon’s network and proxy, or load the image with docker load.',
  ],
  [
    /manifest|not found|no such image/i,
    'Correct the name or tag: there is no such image for this processor.',
  ],
];

/** @param cause the daemon's error */
export function notPulled(reference: string, cause: unknown): UserError {
  const text = daemonText(cause);
  const remedy = pullRemedies.find(([pattern]) => pattern.test(text))?.[1] ?? `Try docker pull ${reference}.`;
  return new UserError(`${reference} can’t be pulled: ${text}.`, remedy, 3, { cause });
}

/** A daemon's error as one line, without the preface of the client. */
export const daemonText = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 300);
