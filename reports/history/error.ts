/** What a user can mend about a history file: the program says it in two lines, without a stack. */
export class HistoryError extends Error {
  /** What to do next: one line. */
  readonly remedy: string;
  readonly exitCode = 2;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'HistoryError';
    this.remedy = remedy;
  }
}
