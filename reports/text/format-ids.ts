/** The names of the forms of a report, apart from their renderers: `--help` needs no more. */

export const formatIds = ['json', 'junit', 'terminal', 'html', 'markdown', 'github', 'har'] as const;
export type FormatId = (typeof formatIds)[number];

/** What is known of a run beyond its report. */
export interface Known {
  /** Since when each broken clause is broken, in a few words by its id. */
  readonly since?: ReadonlyMap<string, string>;
  /** The pages that a report is one of: their addresses relative to it, and their titles. */
  readonly partOf?: readonly { readonly href: string; readonly title: string }[];
}
