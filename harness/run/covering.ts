/** Covering arrays: few rows in which all small combinations of parameters occur. Pure, and the same each time. */

type Space = Readonly<Record<string, readonly (string | number)[]>>;
type Row<Axes extends Space> = { readonly [Axis in keyof Axes]: Axes[Axis][number] };
type Values = Readonly<Record<string, string | number>>;

/**
 * Rows that cover a space of parameters.
 * @param space the values of each axis
 * @param strong the axis of which every value occurs with every pair of values of the others
 * @returns rows in which every pair of values of two axes occurs, and with `strong` every triple that has one of its values
 */
export function covering<const Axes extends Space>(
  space: Axes,
  strong?: keyof Axes & string,
): readonly Row<Axes>[] {
  const axes = Object.keys(space);
  const groups = groupsOf(axes, strong);
  const missing = new Map(
    groups.flatMap((group) => combinations(group, space)).map((one) => [keyOf(one), one]),
  );
  const rows: Values[] = [];
  for (let [seed] = missing.values(); seed; [seed] = missing.values()) {
    const row = axes.reduce((before, axis) => extended(before, axis, space, groups, missing), seed);
    for (const group of groups) missing.delete(keyOf(part(row, group)));
    rows.push(Object.fromEntries(axes.map((axis) => [axis, row[axis] ?? ''])));
  }
  return rows as unknown as readonly Row<Axes>[]; // each row has one value of each axis
}

/** The axes whose values must occur together. */
function groupsOf(axes: readonly string[], strong: string | undefined): readonly (readonly string[])[] {
  const pairs = axes.flatMap((one, index) => axes.slice(index + 1).map((other) => [one, other]));
  if (axes.length === 1) return [axes];
  if (strong === undefined || axes.length === 2) return pairs;
  return pairs.map((pair) => (pair.includes(strong) ? pair : [...pair, strong]));
}

const combinations = (group: readonly string[], space: Space): readonly Values[] =>
  group.reduce(
    (before: readonly Values[], axis) =>
      before.flatMap((one) => (space[axis] ?? []).map((value) => ({ ...one, [axis]: value }))),
    [{}],
  );

/** The row with the value of one more axis that brings the most missing combinations nearer. */
function extended(
  row: Values,
  axis: string,
  space: Space,
  groups: readonly (readonly string[])[],
  missing: ReadonlyMap<string, Values>,
): Values {
  if (axis in row) return row;
  const gain = (value: string | number): number => {
    const tried = { ...row, [axis]: value };
    return groups.filter((group) => group.includes(axis) && missing.has(keyOf(part(tried, group)))).length;
  };
  const [best] = (space[axis] ?? []).toSorted((one, other) => gain(other) - gain(one));
  return best === undefined ? row : { ...row, [axis]: best };
}

const part = (row: Values, group: readonly string[]): Values =>
  Object.fromEntries(group.flatMap((axis) => (axis in row ? [[axis, row[axis] ?? '']] : [])));

const keyOf = (row: Values): string =>
  JSON.stringify(Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1)));
