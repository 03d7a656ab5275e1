/** The temporary folder of a test run: every test file writes below it, and it is removed once, after the last test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** Vitest calls it before the first test of each project, and the function that it returns after the last of all. */
export default function setup(): (() => void) | undefined {
  if (folder !== undefined) return undefined; // a folder inside the other: too long a path for a browser's socket
  const made = mkdtempSync(join(tmpdir(), 'crdb-tests-'));
  folder = made;
  process.env.TMPDIR = made;
  return () => rmSync(made, { recursive: true, force: true, maxRetries: 3 });
}

/** A new folder of the caller's own. Nobody removes it before the run ends. */
export const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'test-'));
