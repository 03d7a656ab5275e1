/** The forms of a report, as a user asks for them; and what GitHub's runner makes of what is written. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { formats } from '../../reports/formats.ts';
import { evilWords } from '../../reports/samples/sample.ts';
import { formatIds } from '../../reports/text/format-ids.ts';
import type { Report } from '../model/report.ts';
import type { RunLog } from '../run/journal.ts';
import { reportOf } from '../run/report.ts';
import { expectSaid, freshFolder, program } from '../testing/cli/program.ts';
import { told } from '../testing/cli/simulated.ts';
import { commandsIn } from '../testing/cli/workflow-commands.ts';

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
const reportJson = () => formats.json.render(report);

describe('report', () => {
  test('writes one form of a report.json to the standard output', async () => {
    const cwd = folderWith({ 'any-name.json': reportJson() });
    const { code, out, err } = await program(['report', 'any-name.json', '--format', 'markdown'], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(formats.markdown.render(report));
  });

  test('writes all forms of a folder’s report.json into --out, and names them', async () => {
    const cwd = folderWith({ 'report.json': reportJson() });
    const { code, out } = await program(['report', '.', '--out', 'a/b'], { cwd });
    const files = formatIds.map((id) => formats[id].file);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toEqual(files.map((file) => join('a/b', file)));
    for (const id of formatIds)
      expect(readFileSync(join(cwd, 'a/b', formats[id].file), 'utf8')).toBe(formats[id].render(report));
  });

  test('makes them from a journal too, beside which a report.json is not believed', async () => {
    const cwd = folderWith({ 'journal.ndjson': journalOf(broken), 'report.json': '{}' });
    const { code, out } = await program(['report', '.', '--format', 'markdown'], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: formats.markdown.render(report) });
  });

  test('shows a report.json, writes nothing, and ends as the run did', async () => {
    const cwd = folderWith({ 'report.json': reportJson() });
    const { code, out } = await program(['report', 'report.json'], { cwd });
    expect(code).toBe(1);
    expect(out).toContain(' NON-CONFORMANT  1 of 67 must clauses broken');
    expect(readdirSync(cwd)).toEqual(['report.json']);
  });

  test('ends with 4 where a report.json says that its run was cut short', async () => {
    const { run, ...rest } = reportOf(await told({ clauses: ['list.schema'] }));
    const cut = { ...rest, run: { ...run, cutShort: 'interrupted' } };
    const cwd = folderWith({ 'report.json': JSON.stringify(cut) });
    expect((await program(['report', 'report.json'], { cwd })).code).toBe(4);
  });

  test.each([
    { args: ['--format', 'markdown', 'har'], words: ['only one form can be printed', '--out DIR'] },
    { args: ['--format', 'pdf'], words: ['Allowed choices are json, junit'] },
    { args: ['--format', 'har', '--out', 'report.json'], words: ['nothing can be written there'] },
    {
      args: ['--format', 'har', '--out', 'full'],
      words: ['exchanges.har can’t be written', 'make room'],
      code: 3,
    },
  ])('refuses $args in two lines', async ({ args, words, code = 2 }) => {
    const cwd = folderWith({ 'report.json': reportJson() });
    mkdirSync(join(cwd, 'full/exchanges.har'), { recursive: true });
    expectSaid(await program(['report', 'report.json', ...args], { cwd }), code, words);
  });
});

describe('on GitHub', () => {
  const onGitHub = (cwd: string) => ({
    cwd,
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') },
  });

  test('a run annotates, and adds a page to the summary of its step', async () => {
    const cwd = folderWith({ 'summary.md': 'what was there\n' });
    const { code, out } = await program(['run', '--clause', 'list.schema'], onGitHub(cwd));
    expect(code).toBe(0);
    expect(commandsIn(out)).toMatchObject([
      { name: 'notice', properties: { title: 'crdb-conformance: conformant' } },
    ]);
    const made: Report = JSON.parse(readFileSync(join(cwd, 'reports/out/report.json'), 'utf8'));
    expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toBe(
      `what was there\n${formats.markdown.render(made)}\n`,
    );
  });

  test('nothing that a target said is obeyed as a command', async () => {
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
    const cwd = folderWith({ 'journal.ndjson': journalOf({ ...broken, events: said }) });
    const { code, out, err } = await program(['report', '.'], onGitHub(cwd));
    expect(code).toBe(1);
    expect(out).toContain('##[add-mask]');
    expect(commandsIn(out + err).map(({ name, properties }) => [name, properties.title])).toEqual([
      ['notice', 'crdb-conformance: non-conformant'],
      ['error', 'cancel.commit-phase.refused (must)'],
    ]);
    expect(readFileSync(join(cwd, 'summary.md'), 'utf8').split('\n')[0]).toContain('❌ non-conformant');
  });

  test('commands are heard again after the program’s end', async () => {
    const { out } = await program(['explain', 'list.schema'], onGitHub(freshFolder()));
    expect(commandsIn(`${out}::error::of the next command\n`).map(({ data }) => data)).toEqual([
      'of the next command',
    ]);
  });

  test('a summary that can’t be written is told, and changes no verdict', async () => {
    const cwd = folderWith({ 'journal.ndjson': journalOf(broken) });
    mkdirSync(join(cwd, 'summary.md'));
    expectSaid(await program(['report', '.'], onGitHub(cwd)), 1, ['The step summary could not be written']);
  });

  test('elsewhere nothing of it is written', async () => {
    const cwd = folderWith({ 'journal.ndjson': journalOf(broken) });
    const { out, err } = await program(['report', '.'], { cwd });
    expect(out + err).not.toContain('::');
  });
});
