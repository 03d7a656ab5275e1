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

/** A server that can't listen. @param option names the port */
export function cannotListen(
  error: unknown,
  { host, port, option }: { readonly host: string; readonly port: number; readonly option: string },
): UserError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new UserError(
      `This machine has no address ${host}.`,
      'Name an address of this machine with --host; 0.0.0.0 is every address.',
      2,
      { cause: error },
    );
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens on it',
    EACCES: 'it needs a permission',
  };
  const why = known[code] ?? code;
  return new UserError(`Port ${port} can’t be used: ${why}.`, `Name another one with ${option}.`, 2, {
    cause: error,
  });
}

/** The provisioner can't make such a task: the check is `skip`, with this reason. */
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
