/** What the target runs, and what is known of that release. */

import { type Exchange, json } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { answerText, textOf } from '../provision/databases.ts';
import { type Look, note, ok } from './step.ts';

export const showNodes = (): Request => ({ operation: 'crdbs', method: 'GET', path: '/v1/nodes' });

/** The releases of a cluster's nodes, each once; none where they can't be seen. */
export function releasesIn(nodes: Exchange): readonly string[] {
  const rows: unknown = nodes.response?.status === 200 ? json(nodes)?.value : undefined;
  if (!Array.isArray(rows)) return [];
  const versions = rows.flatMap((row: unknown) => textOf(row, 'software_version') ?? []);
  return [...new Set(versions)];
}

/** The first release with which a task can be made with `X-Result-TTL` (release note RS171560). */
const mended = '7.22.2-20';

/** Whether a release is one of those that may fail with `X-Result-TTL` at creation. */
export const mayFailWithTtl = (release: string): boolean => isBefore(release, mended);

/** `7.8.6-286` is before `7.22.2-20`. */
function isBefore(release: string, other: string): boolean {
  const [ours, theirs] = [release, other].map((text) => text.split(/[.-]/).map(Number));
  const at = theirs?.findIndex((part, place) => (ours?.[place] ?? 0) !== part) ?? -1;
  return (ours?.[at] ?? 0) < (theirs?.[at] ?? 0);
}

/**
 * @param cluster the answer of `GET /v1/cluster`
 * @param edition of the docs that a run holds the target to
 */
export function judgeVersion(nodes: Exchange, cluster: Exchange, edition: string): Look {
  const releases = releasesIn(nodes);
  const name = textOf(cluster.response?.status === 200 ? json(cluster)?.value : undefined, 'name');
  const called = name === undefined ? '' : `, cluster ${name}`;
  if (releases.length === 0)
    return note(
      `it does not say what it runs${called}: GET /v1/nodes ${answerText(nodes)}. Mocks often don't`,
    );
  if (releases.length > 1)
    return note(
      `its nodes run ${releases.join(' and ')}${called}`,
      'It is in the middle of an upgrade: what one node answers, another may not.',
    );
  const [release = ''] = releases;
  const notes = [
    ...(release.startsWith(`${edition}.`) ? [] : [`a run holds it to the docs of ${edition}`]),
    ...(mayFailWithTtl(release) ? ['tasks made with X-Result-TTL may fail (RS171560)'] : []),
  ];
  const says = `it runs Redis Software ${release}${called}`;
  return notes.length === 0 ? ok(says) : note(`${says}; ${notes.join('; ')}`);
}
