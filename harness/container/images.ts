/** The images to boot: their names, and why one can't be pulled. Pure. */

import type { RunOptions } from '../config/options.ts';
import { UserError } from '../model/errors.ts';

export interface Image {
  /** As Docker takes it: `redislabs/redis:7.8.6-286`. */
  readonly reference: string;
  /** Also that of its folder. */
  readonly name: string;
}

/** The vendor's own. */
const usualRepository = 'redislabs/redis';

/** Letters, digits and a few signs; a host may have a port, and a digest may be in the place of a tag. */
const imagePattern = /^(?!.*\/\/)[a-z0-9][\w./:-]*[\w](@sha256:[0-9a-f]{64})?$/i;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** The one image of `--container`. @throws {UserError} exit 2: it is no name of an image */
export function imageNamed(reference: string): Image {
  if (!imagePattern.test(reference)) throw noImage('--container', reference);
  return { reference, name: folderNamed(reference) };
}

/**
 * The images of `--container-matrix`: each an image, or a tag of the one that `--container` names.
 * @throws {UserError} exit 2: one of them is none, or is there twice
 */
export function imagesOf(
  matrix: readonly string[],
  { container }: Pick<RunOptions, 'container'>,
): readonly Image[] {
  const repository = container ?? usualRepository;
  if (container !== undefined && (!imagePattern.test(container) || tagIn(container) !== undefined))
    throw new UserError(
      `--container ${container}: with --container-matrix it names the image without a tag.`,
      'Write --container IMAGE --container-matrix TAG,TAG, or whole images in --container-matrix alone.',
      2,
    );
  const words = matrix.flatMap((given) => given.split(',')).map((word) => word.trim());
  const images = words
    .filter((word) => word !== '')
    .map((word): Image => {
      if (tagPattern.test(word)) return { reference: `${repository}:${word}`, name: folderNamed(word) };
      if (!imagePattern.test(word)) throw noImage('--container-matrix', word);
      return { reference: word, name: folderNamed(word) };
    });
  if (images.length === 0) throw noImage('--container-matrix', matrix.join(','));
  const twice = images.find(({ name }, at) => images.findIndex((other) => sameName(name, other.name)) < at);
  if (twice)
    throw new UserError(
      `--container-matrix names ${twice.reference} twice, or two that would write into one folder: ${twice.name}.`,
      'Name each version once.',
      2,
    );
  return images;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The tag or digest of an image, if it has one; a colon before a slash is a port. */
const tagIn = (reference: string): string | undefined => /[:@][^/]*$/.exec(reference)?.[0];

/** `redislabs-redis-7.8.6-286`: no file of ours has such a name, for none is without a dot-json or the like. */
function folderNamed(reference: string): string {
  const short = reference.replace(/@sha256:([0-9a-f]{12}).*/, '-$1').replace(/[/:@]/g, '-');
  return short.slice(0, 64).replace(/\.(json|xml|ndjson)$/, '-$1');
}

const noImage = (option: string, given: string): UserError =>
  new UserError(
    `${option} ${given.replace(/[^\x20-\x7e]/g, '?')} names no image.`,
    'Write it as Docker takes it, such as redislabs/redis:7.8.6-286; a tag alone will do in --container-matrix.',
    2,
  );

const pullRemedies: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /pull access denied|unauthorized|authentication required|no basic auth|denied: |toomanyrequests|rate limit/i,
    'Check its name and run docker login for its registry: the same login is used here.',
  ],
  [
    /no such host|dial tcp|i\/o timeout|connection refused|TLS handshake|Client\.Timeout|server misbehaving/i,
    'Its registry can’t be reached: check the daemon’s network and proxy, or bring the image with docker load.',
  ],
  [
    /manifest|not found|no such image/i,
    'Correct its name or tag: there is no such image for this processor.',
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
