/** The forms of a report and their files, apart from their renderers: the start of a run needs no more. */

export const formatIds = ['json', 'junit', 'terminal', 'html', 'markdown', 'github', 'har'] as const;
export type FormatId = (typeof formatIds)[number];

/** How each is called, where it is written to a folder. */
export const formatFiles: Readonly<Record<FormatId, string>> = {
  json: 'report.json',
  junit: 'junit.xml',
  terminal: 'report.txt',
  html: 'report.html',
  markdown: 'report.md',
  github: 'annotations.txt',
  har: 'exchanges.har',
};

/** What every run writes; the other forms are made on demand. */
export const writtenForms = ['json', 'junit', 'html'] as const satisfies readonly FormatId[];

/** What is known of a run beyond its report. */
export interface Known {
  /** Since when each broken clause is broken, in a few words by its id. */
  readonly since?: ReadonlyMap<string, string>;
  /** The pages that a report is one of: their addresses relative to it, and their titles. */
  readonly partOf?: readonly { readonly href: string; readonly title: string }[];
}
