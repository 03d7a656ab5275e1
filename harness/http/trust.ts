/** How we know the target by its certificate, and it us by ours: the files that the options name, read and tried. */
import { createSecureContext } from 'node:tls';
import { UserError } from '../model/errors.ts';
import type { ClientCertificate, Target } from './target.ts';

/** The options of a run that are about TLS. */
export interface TlsOptions {
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly keyPassphraseEnv?: string;
}

/** Reads a file that an option names. @throws {UserError} exit 2: it can't be read */
type ReadFile = (file: string, option: string) => string;

type Trust = Pick<Target, 'ca' | 'insecure' | 'clientCertificate'>;

/** @throws {UserError} exit 2: a file can't be read, is none, or doesn't go with the others */
export function trustOf(options: TlsOptions, env: NodeJS.ProcessEnv, readText: ReadFile): Trust {
  const ca = options.ca === undefined ? undefined : certificateIn(options.ca, '--ca', readText);
  const clientCertificate = clientCertificateOf(options, env, readText);
  return {
    insecure: options.insecure ?? false,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate ? { clientCertificate } : {}),
  };
}

function certificateIn(file: string, option: string, readText: ReadFile): string {
  const text = readText(file, option);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UserError(
    `${option} ${file} holds no PEM certificate.`,
    'Give a file with -----BEGIN CERTIFICATE----- in it.',
    2,
  );
}

function clientCertificateOf(
  options: TlsOptions,
  env: NodeJS.ProcessEnv,
  readText: ReadFile,
): ClientCertificate | undefined {
  const { cert, key, keyPassphraseEnv } = options;
  if (cert === undefined && key === undefined && keyPassphraseEnv === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UserError(
      `A client certificate needs its certificate and its key, and ${cert === undefined ? '--cert' : '--key'} is not given.`,
      'Give both: --cert FILE --key FILE',
      2,
    );
  }
  const passphrase = keyPassphraseEnv === undefined ? undefined : passphraseIn(keyPassphraseEnv, env);
  const made = {
    cert: certificateIn(cert, '--cert', readText),
    key: readText(key, '--key'),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  try {
    createSecureContext(made);
  } catch (error) {
    throw unusable(key, cert, passphrase, error);
  }
  return made;
}

function passphraseIn(variable: string, env: NodeJS.ProcessEnv): string {
  const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
  if (value !== undefined && value !== '') return value;
  throw new UserError(
    `The passphrase of --key is to come from the environment, and ${variable} is ${value === undefined ? 'not set' : 'empty'}.`,
    `Set ${variable}, or leave --key-passphrase-env away where the key has no passphrase.`,
    2,
  );
}

function unusable(key: string, cert: string, passphrase: string | undefined, error: unknown): UserError {
  const { problem, remedy } = troubleWith(error instanceof Error ? error.message : '', passphrase);
  return new UserError(`--key ${key} ${problem} --cert ${cert}.`, remedy, 2, { cause: error });
}

/** What OpenSSL says of a pair that it can't use, in other words. */
function troubleWith(said: string, passphrase: string | undefined) {
  if (/values? mismatch/.test(said))
    return { problem: 'is not the key of', remedy: 'Give the key that the certificate was made for.' };
  if (!/decrypt|cancelled/.test(said))
    return {
      problem: 'is no PEM key that can be used with',
      remedy: 'Give a file with -----BEGIN PRIVATE KEY----- in it.',
    };
  return passphrase === undefined
    ? {
        problem: 'is encrypted, so that it can’t be used with',
        remedy: 'Name the variable that holds its passphrase: --key-passphrase-env VARIABLE',
      }
    : {
        problem: 'is not opened by its passphrase, to be used with',
        remedy: 'Mend the passphrase in the variable that --key-passphrase-env names.',
      };
}
