/** How long a list of 100,000 tasks takes to be validated, as a multiple of parsing the same bytes. */
import { strictEqual } from 'node:assert';
import { loadValidators } from '../spec/validators.ts';

const statuses = ['queued', 'started', 'finished', 'failed'];
const tasks = Array.from({ length: 100_000 }, (_, index) => ({
  id: `7d1f3a52-0000-4000-8000-${String(index).padStart(12, '0')}`,
  crdb_guid: 'e1a1f8b2-7c5d-4b0e-9a43-5d2f0c9b7a11',
  status: statuses[index % statuses.length],
  started: '2025-01-01T00:00:00Z',
  ended: '2025-01-01T00:01:40Z',
  errors: index % 4 === 3 ? [{ cluster_name: 'a.example', description: 'lost', error_code: 'gone' }] : [],
}));
const bytes = JSON.stringify(tasks);
const validators = loadValidators();

/** @returns milliseconds for parsing, and for what the harness does with what was parsed */
export function timed(): { readonly parseMs: number; readonly validateMs: number } {
  const start = performance.now();
  const parsed: unknown = JSON.parse(bytes);
  const middle = performance.now();
  const { value } = validators.withoutNulls(parsed);
  strictEqual(validators.validate('list', 200, value).length, 0);
  return { parseMs: middle - start, validateMs: performance.now() - middle };
}
