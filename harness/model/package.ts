/** Where this program's own files are, and what they are called: the same in a checkout and in the package. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that holds `spec/`, `suites/` and `harness/`. */
export const codeRoot = new URL('../../', import.meta.url);

/** In the package the code lies in `dist/`, one level below `package.json`. */
const packageFile = [new URL('package.json', codeRoot), new URL('../package.json', codeRoot)].find((file) =>
  existsSync(file),
);

const manifest: { readonly version: string; readonly engines: { readonly node: string } } = packageFile
  ? JSON.parse(readFileSync(packageFile, 'utf8'))
  : { version: 'unknown', engines: { node: '0' } };

export const version = manifest.version;

/** The oldest Node that runs this: `22.22.0`. */
export const neededNode = manifest.engines.node.replace('>=', '');

/** Whether a version such as `22.9.0` is `least` or newer. */
export function reaches(has: string, least: string): boolean {
  const wanted = least.split('.').map(Number);
  const parts = has.split('.').map(Number);
  for (const [place, want] of wanted.entries()) {
    const part = parts[place] ?? 0;
    if (part !== want) return part > want;
  }
  return true;
}

export const pathOf = (file: URL): string => fileURLToPath(file);
