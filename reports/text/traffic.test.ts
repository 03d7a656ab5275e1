/** What traffic exercised is in every report that people read, in the same words. */
import { expect, test } from 'vitest';
import { reports } from '../../harness/testing/reports/reports.ts';
import { toHtml } from '../html.ts';
import { markdown } from '../markdown.ts';
import { terminal } from '../terminal.ts';
import { trafficText } from './traffic.ts';

const clauses = '2 of 4 clauses exercised, 2 of 3 must clauses: 1 upheld, 1 broken';

test('broken clauses come first, and the most frequent requests', () => {
  expect(trafficText(reports.traffic)).toMatchObject({
    seen: '1200 exchanges, 14 tasks',
    clauses,
    exercised: [
      { id: 'read.schema', level: 'must', upheld: 1898, broken: 2 },
      { id: 'cancel.running.accepted', upheld: 7, broken: 0 },
    ],
    relied: [[expect.stringContaining('verbose=a|b'), 1000], expect.anything()],
  });
  expect(trafficText(reports.conformant)).toBeUndefined();
});

test('the terminal says it in a few lines', () => {
  const shown = terminal(reports.traffic, { colour: false, width: 100 }).split('\n');
  expect(shown.slice(2, 12)).toEqual([
    'Target     my-mock, http://127.0.0.1:4010, server Mock/1.0',
    'Tasks by   traffic',
    'Traffic    1200 exchanges, 14 tasks',
    `Clauses    ${clauses}`,
    '  broken   read.schema (2)',
    '  upheld   read.schema (1898), cancel.running.accepted (7)',
    'Relies on  2 kinds of requests and answers: GET /v1/crdb_tasks/{id} with verbose=a|b` @octocat → 200',
    '           finished (1000), GET /v1/crdb_tasks/{id} → 200 started (900)',
    'Not used   30: exchanges with other URLs',
    'Observed   12 reads less than a second after the one before',
  ]);
});

test('Markdown has a table of each', () => {
  const page = markdown(reports.traffic);
  expect(page).toContain(`<details><summary>What the traffic exercised: ${clauses}</summary>

| clause | level | upheld | broken |
| :-- | :-- | --: | --: |
| \`read.schema\` | must | 1898 | 2 |
| \`cancel.running.accepted\` | must | 7 | 0 |

</details>`);
  expect(page).toContain(`| request and answer | times |
| :-- | --: |
| \`\`GET /v1/crdb_tasks/{id} with verbose=a\\|b\` @octocat → 200 finished\`\` | 1000 |`);
  expect(page).toContain('- 30: exchanges with other URLs');
  expect(page).not.toContain('seed');
});

test('so has the page', () => {
  const page = toHtml(reports.traffic);
  expect(page).toContain(clauses);
  const rows = [...page.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) =>
    row.replace(/<\/t[hd]>/g, '|').replace(/<[^>]*>/g, ''),
  );
  expect(rows).toEqual(
    expect.arrayContaining(['read.schema|must|1898|2|', 'GET /v1/crdb_tasks/{id} → 200 started|900|']),
  );
  expect(page).toContain('<li>30: exchanges with other URLs</li>');
});
