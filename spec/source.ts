/** The text of a docs page from a file or a URL, within limits. Knows nothing of what is in it. */
import { readFile, stat } from 'node:fs/promises';
import { SpecError } from './errors.ts';

export interface SourceLimits {
  /** Bytes; the largest page of the reference has some 50,000. */
  readonly largest: number;
  /** For a URL, the whole download. */
  readonly timeoutMs: number;
}

const defaults: SourceLimits = { largest: 5_000_000, timeoutMs: 15_000 };

/**
 * @param name a file's path or an http(s) URL
 * @throws {SpecError} it can't be read, is too large or no text
 */
export async function readSource(name: string, limits: SourceLimits = defaults): Promise<string> {
  const bytes = /^https?:\/\//i.test(name) ? await download(name, limits) : await fileBytes(name, limits);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(refuseBinary(bytes, name));
  } catch (error) {
    if (error instanceof SpecError) throw error;
    throw binary(name);
  }
}

const binary = (name: string): SpecError =>
  new SpecError(
    `${name} is no text but binary data.`,
    'Give a docs page: page JSON, Hugo source or Markdown.',
  );

function refuseBinary(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes.includes(0)) throw binary(name);
  return bytes;
}

const tooLarge = (name: string, { largest }: SourceLimits): SpecError =>
  new SpecError(`${name} is larger than ${largest} bytes: no docs page is.`, 'Give a single page.');

async function fileBytes(name: string, limits: SourceLimits): Promise<Uint8Array> {
  try {
    const found = await stat(name);
    if (found.isDirectory()) {
      throw new SpecError(`${name} is a directory.`, 'Give a page; `spec generate` also walks directories.');
    }
    if (found.size > limits.largest) throw tooLarge(name, limits);
    return await readFile(name);
  } catch (error) {
    if (error instanceof SpecError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const problem = code === 'ENOENT' ? `There is no file ${name}.` : `${name} can't be read (${code}).`;
    throw new SpecError(problem, 'Check the path given with --docs.', { cause: error });
  }
}

async function download(url: string, limits: SourceLimits): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(limits.timeoutMs) });
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      throw new SpecError(`${url} answered ${answer.status}.`, 'Check the address in a browser.');
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body) {
      length += chunk.length;
      if (length > limits.largest) throw tooLarge(url, limits);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof SpecError) throw error;
    const late = error instanceof Error && error.name === 'TimeoutError';
    const why = late ? `no whole answer within ${limits.timeoutMs / 1000} s` : cause(error);
    throw new SpecError(
      `${url} can't be downloaded: ${why}.`,
      'Check the address and the network, or give a file.',
      {
        cause: error,
      },
    );
  }
}

function cause(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
