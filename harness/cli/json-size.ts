/** How much a JSON text would come to, before it is parsed: parsed, `{}` takes thirty times its text. Pure. */

const [quote, backslash, comma, bracket, brace] = Buffer.from('"\\,[{');

/** @returns whether a text may hold more than so many values; a text that is no JSON is counted like any */
export function holdsMoreValues(text: Buffer, most: number): boolean {
  let values = 0; // every one but the first of each array or object stands behind a comma
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === quote) quoted = !quoted;
    else if (quoted && byte === backslash) at++;
    else if (!quoted && (byte === comma || byte === bracket || byte === brace) && ++values > most)
      return true;
  }
  return false;
}
