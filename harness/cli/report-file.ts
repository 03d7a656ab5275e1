/** A report.json as it is read back. */
import { readFileSync } from 'node:fs';
import { type Report, reportSchema } from '../../reports/report.ts';
import { validateReport } from '../../reports/validate.ts';
import { UserError } from '../errors.ts';

/** @throws {UserError} exit 2: the file can't be read, or is no whole report of this schema */
export function readReport(file: string): Report {
  const value = parsed(file);
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (schema !== reportSchema) {
    throw new UserError(
      `${file} is no report of ours: its schema is ${JSON.stringify(schema) ?? 'not named'}, expected "${reportSchema}".`,
      'Name the report.json of a run.',
      2,
    );
  }
  const [problem, ...more] = validateReport(value);
  if (problem !== undefined) {
    throw new UserError(
      `${file} is no whole report: ${problem}${more.length > 0 ? ` (and ${more.length} more)` : ''}.`,
      'Make it anew from its journal: crdb-conformance report FOLDER.',
      2,
    );
  }
  return value as Report; // the schema says so
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} can’t be read.`, 'Name the report.json of a run.', 2, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${file} is no JSON, or is cut off.`,
      'Make it anew from its journal: crdb-conformance report FOLDER.',
      2,
      { cause: error },
    );
  }
}
