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

/** This provisioner can't bring it about: the check is `skip`, with this reason. */
export class Unreachable extends Error {}

/** The task had left the phase before it could be handed over: the check is `inconclusive`. */
export class LostRace extends Error {
  /** Whether another try may win it. */
  readonly byChance: boolean;

  constructor(message: string, { byChance = true }: { readonly byChance?: boolean } = {}) {
    super(message);
    this.byChance = byChance;
  }
}
