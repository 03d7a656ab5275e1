/** Before the tests: temporary files go to one folder, which goes with the run, whatever a test or a killed program leaves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** Vitest calls it before the first test of each project, and what it gives after the last test of all. */
export default function setup(): (() => void) | undefined {
  if (folder !== undefined) return undefined; // one within the other is too long a path for a browser's socket
  const made = mkdtempSync(join(tmpdir(), 'crdb-tests-'));
  folder = made;
  process.env.TMPDIR = made;
  return () => rmSync(made, { recursive: true, force: true, maxRetries: 3 });
}
