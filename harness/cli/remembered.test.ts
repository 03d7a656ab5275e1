import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHistory } from '../../reports/history/database.ts';
import { keepRun } from '../../reports/history/runs.ts';
import type { Report } from '../model/report.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { type Night, night } from '../testing/reports/sample.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { type CompareOptions, compare, history } from './history.ts';
import type { Terminal } from './terminal.ts';

const folder = freshFolder();
let files = 0;
const fresh = (end: string): string => join(folder, `${files++}${end}`);

function remembering(...reports: readonly Report[]): string {
  const file = fresh('.db');
  using opened = openHistory(file);
  for (const report of reports) keepRun(opened, report);
  return file;
}

const [good, bad] = [
  { clauses: { a: 'pass' } },
  { clauses: { a: 'fail' } },
] as const satisfies readonly Night[];
const nights = () => remembering(night(1, good), night(2, bad), night(3, good));

/** What a command says, and how it ends. */
function said(command: (io: Terminal) => number) {
  const io = listeningTerminal();
  return { code: command(io), ...io.said };
}
const compared = (one: string, other: string, options: CompareOptions) =>
  said((io) => compare(one, other, options, io));

test('the runs of the only target are told, the newest first, each with what changed', () => {
  const { out } = said((io) => history({ history: nights(), last: 20 }, io));
  expect(out).toBe(
    [
      '2026-11-03 03:00  conformant: the one must clause is proven',
      '                  run night-03; 1 fixed',
      '2026-11-02 03:00  non-conformant: 1 of 1 must clause broken, 0 proven',
      '                  run night-02; 1 new',
      '2026-11-01 03:00  conformant: the one must clause is proven',
      '                  run night-01',
      '',
    ].join('\n'),
  );
});

test('the oldest that is listed is compared with the run before it', () => {
  const { out } = said((io) => history({ history: nights(), last: 2 }, io));
  expect(out).toContain('run night-02; 1 new');
  expect(out).not.toContain('night-01');
});

test('several targets are told each by its newest run, and one of them by its name', () => {
  const file = remembering(night(1, good), night(2, { ...bad, target: { name: 'other' } }));
  const { out } = said((io) => history({ history: file, last: 20 }, io));
  expect(out).toMatch(/^other {2}1 run, .*\nmy-mock {2}1 run, /);
  expect(said((io) => history({ history: file, target: 'other', last: 20 }, io)).out).toContain('night-02');
  expect(() => said((io) => history({ history: file, target: 'othe', last: 20 }, io))).toThrow(
    'no target othe',
  );
});

test('a history that holds no run yet says so', () => {
  const file = remembering();
  expect(() => said((io) => history({ history: file, last: 20 }, io))).toThrow('has no runs yet');
  expect(() => said((io) => history({ history: file, last: 20, target: 'other' }, io))).toThrow(
    'has no runs yet',
  );
});

test('as JSON, a history is data', () => {
  const asked = { history: nights(), last: 20, json: true };
  const runs = JSON.parse(said((io) => history(asked, io)).out);
  expect(runs).toMatchObject([{ id: 'night-03', clauses: { a: { verdict: 'pass' } } }, {}, {}]);
});

test.each([
  { one: 'previous', other: 'last', code: 0, says: 'Fixed (1)\n  a (must): fail → pass' },
  {
    one: 'night-01',
    other: 'night-02',
    code: 1,
    says: 'New: broken now, not broken before (1)\n  a (must): pass → fail\n    seen as fail',
  },
  { one: 'night-01', other: 'night-03', code: 0, says: 'No verdict changed.' },
])('compare $one $other: exit code $code', ({ one, other, code, says }) => {
  const ended = compared(one, other, { history: nights() });
  expect(ended.out).toContain(says);
  expect(ended.code).toBe(code);
});

test('a should that is newly broken is no reason for exit code 1', () => {
  const should = (verdict: 'pass' | 'warn'): Night => ({ clauses: [{ id: 'a', level: 'should', verdict }] });
  const file = remembering(night(1, should('pass')), night(2, should('warn')));
  expect(compared('previous', 'last', { history: file }).code).toBe(0);
});

test('reports are compared without a history, and with runs of one', () => {
  const path = fresh('.json');
  writeFileSync(path, JSON.stringify(night(9, bad)));
  expect(compared(path, path, {}).out).toContain('Still broken (1)');
  const changed = JSON.parse(compared('night-01', path, { history: nights(), json: true }).out);
  expect(changed).toMatchObject({
    after: { id: 'night-09' },
    changed: {},
    changes: [{ clause: 'a', kind: 'new', causes: [] }],
  });
});

test('what changed is listed, and where nothing did a flake is named', () => {
  const file = remembering(night(1, good), night(2, { ...bad, target: { server: 'Mock/2.0' } }));
  const { out } = compared('previous', 'last', { history: file });
  expect(out).toContain('changed  the target: server Mock/1.0 → Mock/2.0\n');
  expect(out).toContain('possible reason: the target changed; no other recorded condition did');
  expect(compared('night-01', 'night-02', { history: nights() }).out).toContain(
    'possible reason: no recorded condition changed: the verdict is flaky, or the target changed without a new version',
  );
});

test.each([
  { one: 'night-0', other: 'last', says: 'Several runs begin with night-0.' },
  { one: 'nightly', other: 'last', says: 'There is no run and no file nightly.' },
])('$one names no run', ({ one, other, says }) => {
  expect(() => compared(one, other, { history: nights() })).toThrow(says);
});
test('of a target that was run once there is no previous run', () => {
  const file = remembering(night(1, good));
  expect(() => compared('previous', 'last', { history: file })).toThrow('the history has only one run');
  expect(() => compared('previous', 'last', {})).toThrow('without --history');
});
