/** Parts that don't belong together, or don't hold what they say, are never put together. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Fleet, type FleetEntry, fleetSchema, fleetVerdict } from '../../reports/fleet.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { worstCode } from '../model/verdict.ts';
import { exchange, sampleReport } from '../testing/reports/sample.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { merge, resultOf } from './merge.ts';

const root = freshFolder();
let serial = 0;

const report = (name: string, verdict: 'pass' | 'fail' = 'pass'): Report =>
  sampleReport({
    target: { name },
    clauses: [{ id: 'list.a', verdict, checks: [{ exchanges: ['read-1'] }] }],
    exchanges: [exchange('read-1')],
  });

const entry = (told: Report, more: Partial<FleetEntry> = {}): FleetEntry => ({
  name: told.target.name,
  labels: [],
  url: told.target.url,
  exitCode: told.verdict === 'non-conformant' ? 1 : 0,
  result: resultOf(told),
  problem: null,
  ...more,
});

const lost = (name: string): FleetEntry =>
  entry(report(name), { result: null, problem: 'it was not there', exitCode: 3 });

interface Part {
  readonly index: number;
  readonly of: number;
  readonly reports: readonly Report[];
  readonly lost?: readonly string[];
  readonly fleet?: Partial<Fleet>;
}

const planned = ['a', 'b', 'c'];

function part({ index, of, reports, lost: missing = [], fleet = {} }: Part): string {
  const folder = join(root, `part-${++serial}`);
  mkdirSync(folder);
  for (const one of reports) {
    mkdirSync(join(folder, one.target.name));
    writeFileSync(join(folder, one.target.name, 'report.json'), JSON.stringify(one));
  }
  const targets = [...reports.map((one) => entry(one)), ...missing.map(lost)];
  const whole: Fleet = {
    schema: fleetSchema,
    verdict: fleetVerdict(targets),
    exitCode: worstCode(targets.map(({ exitCode }) => exitCode)),
    shard: { index, of },
    startedAt: '2026-11-24T03:12:45.123Z',
    durationMs: 5000,
    harnessVersion: '0.1.0',
    docsVersion: '7.8',
    hashes: { suites: 'a1', openapi: 'b2', clauses: 'c3', config: 'd4' },
    planned,
    targets,
    ...fleet,
  };
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify(whole));
  return folder;
}

const said: string[] = [];
const io = {
  env: {},
  colour: false,
  width: 100,
  screen: { write: () => {} },
  interrupt: new AbortController().signal,
  write: (text: string) => void said.push(text),
  error: () => {},
  command: () => {},
  close: () => {},
  stdin: async () => '',
};
const out = () => join(root, `out-${++serial}`);

function refusal(folders: readonly string[], into = out()): UserError {
  try {
    merge(folders, { out: into }, io);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect([error.exitCode, existsSync(join(into, 'fleet.json'))]).toEqual([2, false]);
    return error;
  }
  throw new Error('nothing was refused');
}

const one = { index: 1, of: 2, reports: [report('a'), report('c', 'fail')] };
const two = { index: 2, of: 2, reports: [report('b')] };

test('the parts come to the whole: every target once, in the order of the configuration, the worst exit code', () => {
  const into = out();
  expect(merge([part(two), part(one)], { out: into }, io)).toBe(1);
  const fleet: Fleet = JSON.parse(readFileSync(join(into, 'fleet.json'), 'utf8'));
  expect(fleet.targets.map(({ name }) => name)).toEqual(planned);
  expect(fleet).toMatchObject({ verdict: 'non-conformant', exitCode: 1, shard: null });
  for (const name of planned) expect(existsSync(join(into, name, 'report.json'))).toBe(true);
  expect(said.at(-1)).toContain('3 targets: 1 non-conformant, 2 conformant');
});

test('a target that could not be tested is no green', () => {
  const all = [part({ index: 1, of: 2, reports: [report('a')], lost: ['c'] }), part(two)];
  expect(merge(all, { out: out() }, io)).toBe(3);
});

test('an exit code is none the better for being told so', () => {
  const bad = report('b', 'fail');
  const forged = part({ index: 2, of: 2, reports: [bad], fleet: { targets: [entry(bad, { exitCode: 0 })] } });
  expect(merge([part({ ...one, reports: [report('a'), report('c')] }), forged], { out: out() }, io)).toBe(1);
});

describe('refused, with nothing written:', () => {
  test.each<{ why: string; folders: () => readonly string[]; says: string | RegExp }>([
    { why: 'too few parts', folders: () => [part(one)], says: 'Of 2 parts 2/2 is missing.' },
    {
      why: 'a part twice',
      folders: () => [part(one), part(two), part(two)],
      says: /are both part 2\/2\.$/,
    },
    {
      why: 'another configuration',
      folders: () => [
        part(one),
        part({ ...two, fleet: { hashes: { suites: 'a1', openapi: 'b2', clauses: 'c3', config: 'e5' } } }),
      ],
      says: /the configuration differs\.$/,
    },
    {
      why: 'other suites',
      folders: () => [
        part(one),
        part({ ...two, fleet: { hashes: { suites: 'x', openapi: 'b2', clauses: 'c3', config: 'd4' } } }),
      ],
      says: /the suites differs\.$/,
    },
    {
      why: 'another version',
      folders: () => [part(one), part({ ...two, fleet: { harnessVersion: '0.2.0' } })],
      says: /the harness version differs\.$/,
    },
    {
      why: 'another number of parts',
      folders: () => [part(one), part({ ...two, of: 3 })],
      says: /the number of parts differs\.$/,
    },
    {
      why: 'a target in two parts',
      folders: () => [part(one), part({ ...two, reports: [report('b'), report('a')] })],
      says: 'Target a is in 2 of the parts; it must be in one.',
    },
    {
      why: 'a target in no part',
      folders: () => [part({ ...one, reports: [report('a')] }), part(two)],
      says: 'Target c is in none of the parts; it must be in one.',
    },
    {
      why: 'a report that is not the one that is listed',
      folders: () => {
        const folder = part(two);
        writeFileSync(join(folder, 'b', 'report.json'), JSON.stringify(report('b', 'fail')));
        return [part(one), folder];
      },
      says: /report\.json is not the report that .*fleet\.json lists\.$/,
    },
    {
      why: 'a report that is gone',
      folders: () => {
        const folder = part(two);
        rmSync(join(folder, 'b', 'report.json'));
        return [part(one), folder];
      },
      says: /report\.json/,
    },
    { why: 'no fleet', folders: () => [root], says: /fleet\.json does not exist, or is not JSON\.$/ },
    {
      why: 'a verdict that does not follow',
      folders: () => [part({ ...one, fleet: { verdict: 'conformant' } }), part(two)],
      says: /is not a valid fleet: the verdict is conformant, but the results of the targets/,
    },
    {
      why: 'a name that leads elsewhere',
      folders: () => [
        part({ ...one, fleet: { targets: [entry(report('a'), { name: '../a' })] } }),
        part(two),
      ],
      says: /is not a valid fleet: targets\.0\.name must match pattern/,
    },
  ])('$why', ({ folders, says }) => expect(refusal(folders()).message).toMatch(says));

  test('a whole that would be written over one of its parts', () => {
    const folder = part(one);
    expect(() => merge([folder, part(two)], { out: folder }, io)).toThrow('is one of the parts');
  });
});
