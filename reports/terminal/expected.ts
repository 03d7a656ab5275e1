/** The failures that were to be expected, and the expectations that don't hold any more. */
import { printable } from '../escape.ts';
import { excuse, toBeDeleted } from '../expected.ts';
import { counted } from '../headline.ts';
import { hanging } from './layout.ts';
import { type Page, titled } from './page.ts';

export function expectedFailures(page: Page): string[] {
  const { report, width } = page;
  const met = report.expectations?.met ?? [];
  return titled(
    page,
    `Expected: ${counted(met.length, 'failure')}`,
    met.flatMap((entry) => [
      ...hanging(
        '· ',
        printable(`${entry.clause}, ${counted(entry.checks.length, 'check')}: ${entry.fingerprint}`),
        width,
      ),
      ...hanging('  ', excuse(entry), width),
    ]),
  );
}

export function outdatedExpectations(page: Page): string[] {
  const { file = '', outdated = [] } = page.report.expectations ?? {};
  return titled(
    page,
    `No longer true: ${counted(outdated.length, 'expectation')}`,
    outdated.flatMap((entry) => hanging('· ', `${toBeDeleted(file, entry)}.`, page.width)),
  );
}
