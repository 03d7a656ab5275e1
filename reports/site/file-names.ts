/** Where the pages lie. Names come from targets and from imported reports: none of them may lead out of its folder. */
import { createHash } from 'node:crypto';

export const indexFile = 'index.html';
export const targetFile = (name: string): string => `targets/${fileName(name)}.html`;
export const runFile = (id: string): string => `runs/${fileName(id)}.html`;

/** A plain name is kept; another one is made plain, and told apart from others by a hash. */
function fileName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,79}$/.test(name)) return name; // one case: some file systems know no other
  const plain = name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}
