/** The names of the forms of a report, apart from their renderers: `--help` needs no more. */

/** The names of the forms that a report can take, apart from what makes them: `--help` needs no more. */
export const formatIds = ['json', 'junit', 'terminal', 'html', 'markdown', 'github', 'har'] as const;
export type FormatId = (typeof formatIds)[number];

/** What is known of a run beyond its report, where somebody knows it: a report alone remembers no other run. */
export interface Known {
  /** Since when each broken clause is broken, in a few words by its id. */
  readonly since?: ReadonlyMap<string, string>;
  /** The pages that a report is one of: where they lie as seen from it, and what they are called. */
  readonly partOf?: readonly { readonly href: string; readonly title: string }[];
}
