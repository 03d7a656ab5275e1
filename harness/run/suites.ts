/** Where the suites are: beside this folder, as TypeScript in a checkout and as JavaScript in the package. */
import { readdirSync } from 'node:fs';

const folder = new URL('../../suites/', import.meta.url);

/** The suite files, in the order of their names. */
export const suiteFiles: readonly URL[] = readdirSync(folder)
  .filter((name) => /\.suite\.[jt]s$/.test(name))
  .sort()
  .map((name) => new URL(name, folder));
