import { expect, test } from 'vitest';
import { inReadme, page, type Row, summary } from './page.ts';
import type { Peer } from './peer.ts';
import { score, type Trial } from './score.ts';

const row = (name: string, from: Peer['from'], ...convicted: readonly string[]): Row => {
  const servers: readonly Trial['server'][] = [
    { id: 'reference', kind: 'faithful' },
    { id: 'plain', kind: 'plainly wrong' },
    { id: 'sly', kind: 'subtly wrong' },
  ];
  const accuse = async () => [];
  return {
    peer: { name, version: '1', from, how: 'as it is', install: () => {}, writes: () => [], accuse },
    lines: 7,
    score: score(
      servers.map((server) => ({ server, accused: convicted.includes(server.id) ? ['it'] : [], seconds: 2 })),
    ),
  };
};
const rows = [
  row('Reader', 'OpenAPI and live ids'),
  row('Writer', 'requests by hand', 'plain'),
  row('Ours', 'the target', 'sly'),
];

test('the summary leads with the subtle ones, by class', () => {
  expect(summary(rows).replaceAll('\n', ' ')).toMatch(
    /^Of 1 wrong servers .* file convict 0 at most, .* by hand 0 at most, and a quick run of this program 1:/,
  );
  expect(summary(rows)).toContain('| requests by hand | Writer 1 | 7 | 0 of 1 | 1 of 2 | 0 of 1 | 2.0 |');
});

test('the page names what a peer convicts and ours does not', () => {
  const text = page(rows, [{ name: 'Lost', why: 'it is gone' }], { seed: 1, jobs: 1, servers: [] });
  expect(text).toContain('- Writer: plain\n');
  expect(text).toContain('- Reader: none\n');
  expect(text).toContain('Not measured: Lost: it is gone.');
});

test('only the part of the README between the comments is replaced', () => {
  const readme = 'a\n<!-- bench:peers -->\nold\n<!-- /bench:peers -->\nb\n';
  expect(inReadme(readme, '$& new')).toBe('a\n<!-- bench:peers -->\n$& new\n<!-- /bench:peers -->\nb\n');
  expect(() => inReadme('a', 'new')).toThrow('no section');
});
