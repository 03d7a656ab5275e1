/** What was not judged the same in every run: its own finding, whichever run is shown. */
import { counted } from '../headline.ts';
import { unstableOf } from '../unstable.ts';
import { hanging } from './layout.ts';
import { type Page, titled } from './page.ts';

export function instabilities(page: Page): string[] {
  const all = unstableOf(page.report);
  return titled(page, `Unstable: ${counted(all.length, 'must clause')}`, [
    ...all.flatMap(({ id, story }) => hanging('· ', `${id}: ${story}`, page.width)),
    ...(all.length > 0
      ? hanging('  ', 'crdb-conformance report OUT/repeats/NNN shows run NNN.', page.width)
      : []),
  ]);
}
