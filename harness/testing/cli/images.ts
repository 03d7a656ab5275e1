/**
 * Images for tests, made from this machine's own files: nothing is pulled. The base is a Node with the libraries that it
 * needs and the packages that the program needs; it has no shell, as the leanest images people build on.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeRoot, pathOf } from '../../model/package.ts';

const checkout = pathOf(codeRoot);

/** Why no container can be booted here; undefined where one can. */
export const noDocker: string | undefined = (() => {
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Os}}'], { encoding: 'utf8' });
  if (asked.error) return 'no docker is installed';
  if (asked.status !== 0) return 'no Docker daemon answers';
  return asked.stdout.trim() === 'linux' && process.platform === 'linux'
    ? undefined
    : 'it takes Linux to make an image from this machine’s files';
})();

/** For a title, as `.ci/tally.ts` reads it. */
export const whereDocker = noDocker === undefined ? '' : ` [skipped: no containers: ${noDocker}]`;

export function docker(args: readonly string[], input?: string): string {
  return execFileSync('docker', args, {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
    env: { ...process.env, DOCKER_BUILDKIT: '0' }, // the builder that every daemon brings along
  }).trim();
}

const exists = (image: string): boolean => spawnSync('docker', ['image', 'inspect', image]).status === 0;

/** The reference cluster as users build it, from the Dockerfile of this checkout. @returns the image's name */
export function referenceImage(): string {
  const image = 'crdb-conformance-test:reference';
  docker(['build', '--quiet', '--tag', image, '--build-arg', `BASE=${baseImage()}`, checkout]);
  return image;
}

/** An image that runs a line of JavaScript, and knows nothing of clusters. @returns its name */
export function imageRunning(name: string, javaScript: string): string {
  const image = `crdb-conformance-test:${name}`;
  const command = JSON.stringify(['node', '--input-type=module', '--eval', javaScript]);
  docker(['build', '--quiet', '--tag', image, '-'], `FROM ${baseImage()}\nUSER 1000:1000\nCMD ${command}\n`);
  return image;
}

/** @returns its name; one that was made from the same packages before is taken again */
function baseImage(): string {
  const lock = readFileSync(join(checkout, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).update(npmStandIn).digest('hex').slice(0, 12);
  const image = `crdb-conformance-test-base:${hash}`;
  if (exists(image)) return image;
  const root = mkdtempSync(join(tmpdir(), 'crdb-conformance-base-'));
  try {
    fill(root, JSON.parse(lock.toString()));
    const archive = join(root, '..', `${hash}.tar`);
    execFileSync('tar', ['--create', '--file', archive, '--directory', root, '.']);
    docker(['import', '--change', 'ENV PATH=/usr/local/bin', archive, image]);
    rmSync(archive);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return image;
}

/** Everything that `npm ci` would install is there, where Node finds it from any folder: without a registry. */
const npmStandIn =
  '#!/usr/local/bin/node\nconsole.log("npm stands in: the packages are in /node_modules");\n';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

function fill(root: string, { packages }: Lock): void {
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  put(process.execPath, 'usr/local/bin/node');
  const listed = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
  const libraries = [...listed.matchAll(/\/\S+(?= \()/g)].map(([library]) => library);
  const libc = libraries.find((library) => library.includes('/libc.so')) ?? '';
  // The native packages want the last one too, an ordinary part of the C library.
  for (const library of [...libraries, join(dirname(libc), 'librt.so.1')]) put(library, library);
  writeFileSync(join(root, 'usr/local/bin/npm'), npmStandIn, { mode: 0o755 });
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777); // mkdir would leave out what this user's umask does
  mkdirSync(join(root, 'node_modules'));
  const wanted = Object.entries(packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true)
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((name) => existsSync(join(checkout, 'node_modules', name)));
  const installed = resolve(checkout, 'node_modules');
  execFileSync('cp', ['--recursive', '--dereference', '--parents', ...wanted, join(root, 'node_modules')], {
    cwd: installed,
  });
}
