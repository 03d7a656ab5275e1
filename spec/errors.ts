/** What is wrong with the contract's own files or with a docs page, told to people: no stack needed. */

/** The reader of it can mend it. `cli.ts` prints `problem` and `remedy`, and ends with exit code 2. */
export class SpecError extends Error {
  readonly problem: string;
  readonly remedy: string;

  /**
   * @param problem what is wrong, with what: one line
   * @param remedy what to do next: one line
   */
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'SpecError';
    this.problem = problem;
    this.remedy = remedy;
  }
}
