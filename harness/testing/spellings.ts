/** The spellings in which a target may echo a secret. */

export interface Spelling {
  readonly name: string;
  readonly text: string;
}

const bytesOf = (secret: string): readonly number[] => [...Buffer.from(secret)];
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const each = (text: string, spell: (character: string) => string): string => [...text].map(spell).join('');
const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
const unicodeEscape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  ä: '&auml;',
  ö: '&ouml;',
  ü: '&uuml;',
};
const percentAll = (secret: string): string =>
  bytesOf(secret)
    .map((byte) => `%${hex(byte)}`)
    .join('');

/** @returns a row for each spelling of a secret that differs from the ones before it */
export function spellingsOf(secret: string): readonly Spelling[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const rows: readonly Spelling[] = [
    { name: 'itself', text: secret },
    { name: 'percent-encoded', text: encodeURIComponent(secret) },
    { name: 'percent-encoded in lower case', text: percentAll(secret) },
    { name: 'percent-encoded in upper case', text: percentAll(secret).toUpperCase() },
    { name: 'percent-encoded twice', text: encodeURIComponent(encodeURIComponent(secret)) },
    { name: 'form-encoded', text: new URLSearchParams({ x: secret }).toString().slice(2) },
    { name: 'as JSON', text: json },
    { name: 'as JSON with escaped slashes', text: json.replaceAll('/', '\\/') },
    { name: 'as JSON in JSON', text: JSON.stringify(json).slice(1, -1) },
    { name: 'with Unicode escapes', text: each(secret, unicodeEscape) },
    {
      name: 'with Unicode escapes in upper case',
      text: each(secret, unicodeEscape).replace(
        /\\u(....)/g,
        (_, code: string) => `\\u${code.toUpperCase()}`,
      ),
    },
    { name: 'as ASCII JSON', text: each(json, (one) => (codeOf(one) > 127 ? unicodeEscape(one) : one)) },
    { name: 'with HTML entities', text: each(secret, (one) => entities[one] ?? one) },
    { name: 'with decimal entities', text: each(secret, (one) => `&#${codeOf(one)};`) },
    { name: 'with hexadecimal entities', text: each(secret, (one) => `&#x${codeOf(one).toString(16)};`) },
    { name: 'in hexadecimal', text: Buffer.from(secret).toString('hex') },
    { name: 'in upper-case hexadecimal', text: Buffer.from(secret).toString('hex').toUpperCase() },
    { name: 'in base64', text: Buffer.from(secret).toString('base64') },
    { name: 'in base64 for URLs', text: Buffer.from(secret).toString('base64url') },
    { name: 'in latin1, read as UTF-8', text: Buffer.from(secret, 'latin1').toString('utf8') },
    { name: 'in UTF-8, read as latin1', text: Buffer.from(secret).toString('latin1') },
    { name: 'in lower case', text: secret.toLowerCase() },
  ];
  const isLatin = [...secret].every((one) => codeOf(one) <= 0xff);
  return rows
    .filter(({ name }) => isLatin || !name.startsWith('in latin1'))
    .filter(({ text }, at) => rows.findIndex((row) => row.text === text) === at);
}
