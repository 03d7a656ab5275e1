import { expect, test } from 'vitest';
import { releaseLine, showCluster, showNodes } from '../provision/databases.ts';
import { answerTo } from '../testing/exchange-samples.ts';
import { judgeVersion, mayFailWithTtl } from './answers.ts';

test.each([
  { release: '7.4.6-272', may: true },
  { release: '7.8.6-286', may: true },
  { release: '7.22.2-14', may: true },
  { release: '7.22.2-20', may: false },
  { release: '7.22.10-1', may: false },
  { release: '8.0.20-68.25', may: false },
  { release: 'next', may: false },
])('X-Result-TTL at creation may fail on $release: $may (RS171560)', ({ release, may }) => {
  expect(mayFailWithTtl(release)).toBe(may);
});

const cluster = answerTo(showCluster(), 0, { body: { name: 'c1' } });
const nodesOf = (...releases: readonly string[]) =>
  answerTo(showNodes(), 0, { body: releases.map((software_version) => ({ software_version })) });

test.each([
  {
    nodes: nodesOf('7.22.2-20', '7.22.2-20'),
    edition: '7.22',
    mark: 'ok',
    says: 'runs Redis Software 7.22.2-20, cluster c1',
  },
  { nodes: nodesOf('7.22.2-20'), edition: '7.8', mark: 'note', says: 'a run judges it by the docs of 7.8' },
  { nodes: nodesOf('7.8.6-286', '7.22.2-20'), edition: '7.8', mark: 'note', says: '7.8.6-286 and 7.22.2-20' },
  {
    nodes: answerTo(showNodes(), 0, { status: 403, body: '' }),
    edition: '7.8',
    mark: 'note',
    says: 'answered 403',
  },
  { nodes: nodesOf(), edition: '7.8', mark: 'note', says: 'shows no release' },
])('$mark: $says', ({ nodes, edition, mark, says }) => {
  expect(judgeVersion(nodes, cluster, edition)).toMatchObject({ mark, says: expect.stringContaining(says) });
});

test.each([
  { release: '7.22.2-20', edition: '7.8', proposed: '7.22' },
  { release: '8.2.0-25.12', edition: '7.8', proposed: '8.0' },
  { release: '7.8.6-286', edition: '8.0', proposed: '7.8' },
  { release: '7.2.4-92', edition: '7.8', proposed: '7.4' },
  { release: '8.0.20-68.25', edition: '8.0', proposed: undefined },
  { release: '8.2.0-25.12', edition: '8.0', proposed: undefined },
  { release: '8.2.0-25.12', edition: '8.2', proposed: undefined },
  { release: 'next', edition: '7.8', proposed: undefined },
])('of $release and edition $edition, doctor and run propose $proposed', ({ release, edition, proposed }) => {
  const { remedy } = judgeVersion(nodesOf(release), cluster, edition);
  const line = releaseLine([release], edition);
  expect(line).toContain(`runs Redis Software ${release}`);
  for (const said of [remedy ?? '', line ?? ''])
    expect(/--contract (\S+?),? /.exec(said)?.[1]).toBe(proposed);
});

test('a run proposes nothing where no node, or several releases, are shown', () => {
  expect(releaseLine([], '7.8')).toBeUndefined();
  expect(releaseLine(['7.8.6-286', '7.22.2-20'], '7.4')).toBe(
    'The cluster runs Redis Software 7.8.6-286 and 7.22.2-20.',
  );
});
