/** The options of the scripts beside the program. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * @param usage how the script is called, one line
 * @returns the options; a mistake ends the process with exit code 2, the problem and the usage
 */
export function scriptOptions<T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return misused(usage, error instanceof Error ? error.message : String(error));
  }
}

/** Ends the process with exit code 2, the problem and the usage. */
export function misused(usage: string, problem: string): never {
  console.error(`error: ${problem}\nUsage: ${usage}`);
  process.exit(2);
}
