/**
 * Takes the items of one array out of a JSON text as it streams in, so that the text may be larger than the memory: only
 * one item at a time is held, and parsed at once. What stands around the array is read by its brackets alone.
 */

/** A longer item is not held. */
const longestBytes = 2 ** 27;
/** The keys on the way to the array are short. */
const keyBytes = 64;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

export interface JsonArrayReader {
  /** @throws {SyntaxError} the text is no JSON object, or an item is damaged */
  write(chunk: Buffer): void;
  /** Whether the text is complete. */
  readonly isEnded: boolean;
  /** Whether the array was there. */
  readonly isFound: boolean;
}

/**
 * @param path the keys that lead to the array, from the outermost object
 * @param onItem gets each item; undefined for one that is too long
 */
export function jsonArrayReader(path: readonly string[], onItem: (item: unknown) => void): JsonArrayReader {
  const itemDepth = path.length + 1;
  /** Where the last chunk ended. */
  let state = { depth: 0, inString: false, isEscaped: false, inArray: false };
  let [isFound, isEnded] = [false, false];
  /** The last key at each depth, and the string that may become one. */
  const keys: string[] = [];
  let word = '';
  /** The item that is not complete, without what stands in the last chunk; undefined between items. */
  let pieces: Buffer[] | undefined;
  let bytes = 0;

  const hold = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes <= longestBytes) pieces?.push(piece);
    else pieces = [];
  };
  const give = (end: Buffer): void => {
    if (!pieces) return;
    hold(end);
    const text = (pieces.length === 1 ? end : Buffer.concat(pieces)).toString('utf8');
    const isLong = bytes > longestBytes;
    pieces = undefined;
    bytes = 0;
    if (isLong) onItem(undefined);
    else if (text.trim() !== '') onItem(JSON.parse(text));
  };
  const spell = (part: Buffer): void => {
    word = (word + part.toString('latin1')).slice(0, keyBytes);
  };

  return {
    write(chunk) {
      let { depth, inString, isEscaped, inArray } = state; // locals are read much faster
      let from = 0; // where the item, or the string, begins in this chunk
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] ?? 0;
        if (inString) {
          if (isEscaped) isEscaped = false;
          else if (byte === backslash) isEscaped = true;
          else if (byte === quote) {
            inString = false;
            if (depth < itemDepth) spell(chunk.subarray(from, at));
          }
        } else if (byte === quote) {
          inString = true;
          if (depth >= itemDepth) continue;
          word = '';
          from = at + 1;
        } else if (byte === openBrace || byte === openBracket) {
          if (depth === 0 && byte === openBracket) throw new SyntaxError('it is an array');
          depth++;
          const isArray = byte === openBracket && depth === itemDepth;
          if (!isArray || path.some((key, index) => keys[index + 1] !== key)) continue;
          inArray = true;
          isFound = true;
          pieces = [];
          from = at + 1;
        } else if (byte === closeBrace || byte === closeBracket) {
          depth--;
          if (inArray && depth === itemDepth) give(chunk.subarray(from, at + 1));
          else if (inArray && depth < itemDepth) {
            give(chunk.subarray(from, at));
            inArray = false;
          }
          if (depth > 0) continue;
          isEnded = true;
          return;
        } else if (byte === comma) {
          if (!inArray || depth !== itemDepth) continue;
          give(chunk.subarray(from, at));
          pieces = [];
          from = at + 1;
        } else if (byte === colon) {
          if (depth < itemDepth) keys[depth] = word;
        } else if (depth === 0 && !isSpace(byte)) throw new SyntaxError('it is no object');
      }
      if (pieces) hold(chunk.subarray(from));
      else if (inString && depth < itemDepth) spell(chunk.subarray(from));
      state = { depth, inString, isEscaped, inArray };
    },
    get isEnded() {
      return isEnded;
    },
    get isFound() {
      return isFound;
    },
  };
}
