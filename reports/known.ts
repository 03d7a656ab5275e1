/** What is known of a run beyond its report, where somebody knows it: a report alone remembers no other run. */
export interface Known {
  /** Since when each broken clause is broken, in a few words by its id. */
  readonly since?: ReadonlyMap<string, string>;
  /** The pages that a report is one of: where they lie as seen from it, and what they are called. */
  readonly partOf?: readonly { readonly href: string; readonly title: string }[];
}
