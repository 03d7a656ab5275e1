/** `report`: every form, from a report.json or a journal, also of a killed run; and the output as GitHub's runner reads it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { formats } from '../../reports/formats.ts';
import { formatFiles, formatIds } from '../../reports/text/format-ids.ts';
import type { Report } from '../model/report.ts';
import type { RunLog } from '../run/journal.ts';
import { reportOf } from '../run/report.ts';
import { calledIn } from '../testing/cli/called.ts';
import { expectSaid, program, reportIn } from '../testing/cli/program.ts';
import { told } from '../testing/cli/simulated.ts';
import { commandsIn } from '../testing/cli/workflow-commands.ts';
import { evilWords } from '../testing/reports/sample.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

let broken: RunLog;
let report: Report;
beforeAll(async () => {
  broken = await told({ mutant: 'cancels-in-commit' });
  report = reportOf(broken);
});

/** A folder with what is named by its file names. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = freshFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}
const journalOf = ({ started, events }: RunLog): string =>
  [started, ...events].map((event) => `${JSON.stringify(event)}\n`).join('');
const reportJson = () => formats.json(report);

describe('report', () => {
  test('writes one form of a report.json to the standard output', async () => {
    const cwd = folderWith({ 'any-name.json': reportJson() });
    const { code, out, err } = await calledIn(cwd, ['report', 'any-name.json', '--format', 'markdown']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(formats.markdown(report));
  });

  test('writes all forms of a folder’s report.json into --out, and names them', async () => {
    const cwd = folderWith({ 'report.json': reportJson() });
    const { code, out } = await calledIn(cwd, ['report', '.', '--out', 'a/b']);
    const files = formatIds.map((id) => formatFiles[id]);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toEqual(files.map((file) => join('a/b', file)));
    for (const id of formatIds)
      expect(readFileSync(join(cwd, 'a/b', formatFiles[id]), 'utf8')).toBe(formats[id](report));
  });

  test('makes them from a journal too, beside which a report.json is not believed', async () => {
    const cwd = folderWith({ 'journal.ndjson': journalOf(broken), 'report.json': '{}' });
    const { code, out } = await calledIn(cwd, ['report', '.', '--format', 'markdown']);
    expect({ code, out }).toEqual({ code: 0, out: formats.markdown(report) });
  });

  test('shows a report.json, writes nothing, and ends as the run did', async () => {
    const cwd = folderWith({ 'report.json': reportJson() });
    const { code, out } = await calledIn(cwd, ['report', 'report.json']);
    expect(code).toBe(1);
    expect(out).toContain(' NON-CONFORMANT  1 of 67 must clauses broken');
    expect(readdirSync(cwd)).toEqual(['report.json']);
  });

  test('ends with 4 where a report.json says that its run was cut short', async () => {
    const { run, ...rest } = reportOf(await told({ clauses: ['list.schema'] }));
    const cut = { ...rest, run: { ...run, cutShort: 'interrupted' } };
    const cwd = folderWith({ 'report.json': JSON.stringify(cut) });
    expect((await calledIn(cwd, ['report', 'report.json'])).code).toBe(4);
  });

  test.each([
    { args: ['--format', 'markdown', 'har'], words: ['only one form can be printed', '--out DIR'] },
    { args: ['--format', 'pdf'], words: ['Allowed choices are json, junit'] },
    { args: ['--format', 'har', '--out', 'report.json'], words: ['nothing can be written there'] },
    {
      args: ['--format', 'har', '--out', 'full'],
      words: ['exchanges.har can’t be written', 'Make room'],
      code: 3,
    },
  ])('refuses $args in two lines', async ({ args, words, code = 2 }) => {
    const cwd = folderWith({ 'report.json': reportJson() });
    mkdirSync(join(cwd, 'full/exchanges.har'), { recursive: true });
    expectSaid(await calledIn(cwd, ['report', 'report.json', ...args]), code, words);
  });
});

describe('on GitHub', () => {
  const onGitHub = (cwd: string) => ({
    cwd,
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') },
  });

  test('the annotations are the only commands, a page is added to the summary, and commands work again afterwards', async () => {
    const said = broken.events.map((event) =>
      event.type === 'check' && event.check.verdict === 'fail'
        ? {
            ...event,
            check: {
              ...event.check,
              seen: `${evilWords} ##[error]fake`,
              reason: `##[add-mask]e ${evilWords}`,
            },
          }
        : event,
    );
    const told = { ...broken, events: said };
    const cwd = folderWith({ 'journal.ndjson': journalOf(told), 'summary.md': 'what was there\n' });
    const { code, out, err } = await program(['report', '.'], onGitHub(cwd));
    expect(code).toBe(1);
    expect(out).toContain('##[add-mask]');
    const next = '::error title=next::of the next command\n';
    expect(commandsIn(`${out}${err}${next}`).map(({ name, properties }) => [name, properties.title])).toEqual(
      [
        ['notice', 'crdb-conformance: non-conformant'],
        ['error', 'cancel.commit-phase.refused (must)'],
        ['error', 'next'],
      ],
    );
    expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toBe(
      `what was there
${formats.markdown(reportOf(told))}
`,
    );
  });

  test('a summary that can’t be written is reported, and changes no verdict', async () => {
    const cwd = folderWith({ 'journal.ndjson': journalOf(broken) });
    mkdirSync(join(cwd, 'summary.md'));
    expectSaid(await calledIn(cwd, ['report', '.'], onGitHub(cwd)), 1, [
      'The step summary could not be written',
    ]);
  });

  test('elsewhere nothing of it is written', async () => {
    const cwd = folderWith({ 'journal.ndjson': journalOf(broken) });
    const { out, err } = await program(['report', '.'], { cwd });
    expect(out + err).not.toContain('::');
  });
});

describe('the journal of a run that was killed', () => {
  const killedRun = async (cwd: string, { events, started }: RunLog) => {
    mkdirSync(join(cwd, 'reports/out'), { recursive: true });
    writeFileSync(join(cwd, 'reports/out/journal.ndjson'), journalOf({ started, events }));
    return await calledIn(cwd, ['report', 'reports/out']);
  };

  test('ends with 1 where a must clause was broken by then', async () => {
    const cwd = freshFolder();
    const failed = broken.events.findIndex(({ type }) => type === 'end');
    expectSaid(await killedRun(cwd, { ...broken, events: broken.events.slice(0, failed) }), 1, [
      'The run was cut short',
    ]);
    expect(reportIn(cwd).verdict).toBe('non-conformant');
  });

  test('what its target seemed to break at first is reported and not decided', async () => {
    const cwd = freshFolder();
    const suspected = broken.events.findIndex(({ type }) => type === 'fault');
    expect(suspected).toBeGreaterThan(0);
    await killedRun(cwd, { ...broken, events: broken.events.slice(0, suspected + 1) });
    const faulty = reportIn(cwd).clauses.filter(({ checks }) =>
      checks.some(({ reason }) => reason.includes('before other explanations of this failure')),
    );
    expect(faulty.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(faulty.length).toBeGreaterThan(0);
  });
});

test.for([
  { why: 'no such folder', text: undefined, says: 'nowhere' },
  { why: 'an empty journal', text: '', says: 'journal.ndjson is empty' },
  { why: 'another file', text: 'hello\n', says: 'line 1 is not an event of a run' },
])('$why can not be reported: exit code 2 in two lines', async ({ text, says }) => {
  const cwd = folderWith(text === undefined ? {} : { 'journal.ndjson': text });
  const ended = await calledIn(cwd, ['report', text === undefined ? 'nowhere' : 'journal.ndjson']);
  expectSaid(ended, 2, [says, 'Name the folder']);
  expect(ended.err.trim().split('\n')).toHaveLength(2);
  expect(readdirSync(cwd)).not.toContain('report.json');
});
