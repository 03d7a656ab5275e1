/** Where a finding stands in the page: what comes after the `#` of a link to it. */

/**
 * @param name printable; a clause's id stays as it is
 * @returns no two names give the same, and none gives an id of the page's own (they begin with `page:`)
 */
export const anchor = (name: string): string =>
  encodeURIComponent(name.replaceAll('~', '~7E')).replaceAll('%', '~');

/** The check of a clause that stands at `row`, from 0 on. */
export const checkAnchor = (clause: string, row: number): string => `${anchor(clause)}:${row + 1}`;

export const exchangeAnchor = (id: string): string => `exchange:${anchor(id)}`;
