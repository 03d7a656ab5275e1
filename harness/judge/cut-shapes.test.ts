/** Which requests are always cut: those of a shape, or those of a shape about tasks of one status. */
import { expect, test } from 'vitest';
import type { Exchange } from '../model/exchange.ts';
import { read } from '../model/requests.ts';
import { answerTo, lost, shownAs } from '../testing/exchange-samples.ts';
import { cutShapes } from './cut-shapes.ts';

/** Each of some tasks is read without, with, and again without `verbose`. */
const reads = (isCut: (status: string, serial: number) => boolean): readonly Exchange[] =>
  Array.from({ length: 40 }, (_, serial) => {
    const status = serial % 4 === 0 ? 'failed' : 'finished';
    const shown = { body: shownAs(status) };
    const [plain, verbose] = [read({ id: `${serial}` }), read({ id: `${serial}` }, { verbose: 'true' })];
    return [
      answerTo(plain, 10 * serial, shown),
      answerTo(verbose, 10 * serial + 1, isCut(status, serial) ? lost : shown),
      answerTo(plain, 10 * serial + 2, shown),
    ];
  }).flat();

test.each([
  { cut: 'all verbose reads', isCut: () => true, shape: '(read, verbose=true)' },
  {
    cut: 'those of failed tasks',
    isCut: (status: string) => status === 'failed',
    shape: '(read, verbose=true, of a task that is failed)',
  },
])('$cut', ({ isCut, shape }) => {
  expect(cutShapes(reads(isCut)).map(({ clause, reason }) => [clause, reason])).toEqual([
    ['read.statuses', expect.stringContaining(shape)],
  ]);
});

test.each([
  { cut: 'none', isCut: () => false },
  {
    cut: 'nearly all of failed tasks',
    isCut: (status: string, serial: number) => status === 'failed' && serial > 0,
  },
  {
    cut: 'some of others too',
    isCut: (status: string, serial: number) => status === 'failed' || serial === 21,
  },
  { cut: 'too few', isCut: (status: string, serial: number) => status === 'failed' && serial > 30 },
])('a network may do so: $cut', ({ isCut }) => expect(cutShapes(reads(isCut))).toEqual([]));
