/** Before the tests: temporary files go to one folder, which goes with the run, whatever a test or a killed program leaves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Vitest calls it before the first test, and what it gives after the last. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'crdb-conformance-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
