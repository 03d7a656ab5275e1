import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../model/report.ts';
import { progressOn } from './terminal.ts';

const done = (name: string, suite = 'list'): RunEvent => ({
  type: 'check',
  check: { clause: 'a', name, suite, verdict: 'pass', reason: '', exchanges: [] },
});
const waiting = (name: string, waitMs: number, why = 'a test'): RunEvent => ({
  type: 'waiting',
  clause: 'a',
  name,
  waitMs,
  why,
});
const planned = (checks: number, everyExchange = 0): RunEvent => ({ type: 'planned', checks, everyExchange });

function screen(shape: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  return { ...shape, written, write: (text: string) => written.push(text) };
}

describe('on a terminal', () => {
  const clear = '\r\u001b[2K';

  test('one line is written over and over, and cleared at the end', () => {
    const tty = screen({ isTTY: true });
    const progress = progressOn(tty, () => 0);
    progress.show([planned(2)]);
    progress.show([done('x')]);
    progress.end();
    expect(tty.written).toEqual([`${clear}0 of 2 checks done`, `${clear}1 of 2 checks done`, clear]);
  });

  test('it says how many wait, and for what the longest does', () => {
    const tty = screen({ isTTY: true, columns: 200 });
    let nowMs = 1000;
    const progress = progressOn(tty, () => nowMs);
    progress.show([planned(3), waiting('x', 2000), waiting('y', 5500, '502 s of retention')]);
    nowMs = 2000;
    progress.show([]);
    nowMs = 3500;
    progress.show([]);
    progress.show([done('y')]);
    expect(tty.written.map((line) => line.slice(clear.length))).toEqual([
      '0 of 3 checks done; 2 waiting, the longest 5.5 s for 502 s of retention',
      '0 of 3 checks done; 2 waiting, the longest 4.5 s for 502 s of retention',
      '0 of 3 checks done; 1 waiting, the longest 3.0 s for 502 s of retention',
      '1 of 3 checks done',
    ]);
  });

  test.each([
    { columns: 10, length: 9 },
    { columns: undefined, length: 79 },
  ])('it is cut before the edge: $columns columns', ({ columns, length }) => {
    const tty = screen({ isTTY: true, ...(columns === undefined ? {} : { columns }) });
    progressOn(tty, () => 0).show([planned(1), waiting('x', 1000, 'y'.repeat(100))]);
    expect(tty.written[0]?.slice(clear.length)).toHaveLength(length);
  });
});

describe('elsewhere', () => {
  test('a line comes with every quarter that is done, and nothing is written over', () => {
    const log = screen({});
    const progress = progressOn(log, () => 0);
    progress.show([planned(8)]);
    for (const name of 'abcdefgh') progress.show([done(name)]);
    progress.end();
    expect(log.written).toEqual([2, 4, 6, 8].map((count) => `${count} of 8 checks done\n`));
  });

  test('a line comes each 10 s too, and says what is waited for', () => {
    const log = screen({});
    let nowMs = 0;
    const progress = progressOn(log, () => nowMs);
    progress.show([
      planned(8),
      { type: 'begun', clause: 'a', name: 'x' },
      { type: 'begun', clause: 'a', name: 'y' },
    ]);
    for (nowMs of [9000, 10_000, 19_000, 20_500]) progress.show(nowMs === 20_500 ? [waiting('x', 3000)] : []);
    progress.end();
    expect(log.written).toEqual([
      '0 of 8 checks done; 2 in progress\n',
      '0 of 8 checks done; 1 waiting, the longest 3.0 s for a test; 1 in progress\n',
    ]);
  });

  test('quarters that come at once are one line', () => {
    const log = screen({ isTTY: false });
    progressOn(log, () => 0).show([planned(4), done('a'), done('b'), done('c')]);
    expect(log.written).toEqual(['3 of 4 checks done\n']);
  });

  test('what every exchange is judged against counts too, as in the reports; a fault adds a check', () => {
    const log = screen({});
    const progress = progressOn(log, () => 0);
    progress.show([planned(3, 1), done('a'), done('b')]);
    progress.show([done('c'), done('x', 'every exchange'), done('y', 'every exchange')]);
    expect(log.written).toEqual(['2 of 4 checks done\n', '5 of 5 checks done\n']);
  });

  test('without any check nothing is said', () => {
    const log = screen({});
    progressOn(log, () => 0).show([planned(0)]);
    expect(log.written).toEqual([]);
  });
});
