import { expect, test } from 'vitest';
import { showCluster } from '../provision/databases.ts';
import { answerTo } from '../testing/exchange-samples.ts';
import { judgeVersion, mayFailWithTtl, showNodes } from './answers.ts';

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
