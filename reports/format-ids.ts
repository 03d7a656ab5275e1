/** The names of the forms that a report can take, apart from what makes them: `--help` needs no more. */
export const formatIds = ['json', 'junit', 'terminal', 'html', 'markdown', 'github', 'har'] as const;
export type FormatId = (typeof formatIds)[number];
