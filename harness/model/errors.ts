/** The user can mend this: two lines, no stack trace. `exitCode` 2: usage or configuration, 3: target. */
export class UserError extends Error {
  readonly remedy: string;
  readonly exitCode: 2 | 3;

  /**
   * @param problem what happened, to what: one line
   * @param remedy what to do next: one line
   */
  constructor(problem: string, remedy: string, exitCode: 2 | 3, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'UserError';
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}
