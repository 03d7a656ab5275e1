/** Self-signed certificates for servers on TLS, made when they start and never written down. */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** PEM, as Node's TLS takes it. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const dayMs = 86_400_000;

/**
 * @param names the host names and IP addresses that it is valid for; without any, no client accepts it unasked
 * @param validity by default from yesterday on, for clocks that differ, and for a year
 */
export async function selfSigned(
  commonName: string,
  names: readonly string[] = [],
  { notBefore = new Date(Date.now() - dayMs), notAfter = new Date(Date.now() + 365 * dayMs) } = {},
): Promise<Certificate> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const signer = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(signer.n, signer.e);
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`; // a first byte below 80 keeps it positive
  Object.assign(certificate.validity, { notBefore, notAfter });
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  certificate.setIssuer([{ name: 'commonName', value: commonName }]);
  const altNames = names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }));
  if (names.length > 0) certificate.setExtensions([{ name: 'subjectAltName', altNames }]);
  certificate.sign(signer, forge.md.sha256.create());
  return { key, cert: forge.pki.certificateToPem(certificate) };
}
