/**
 * Fingerprints: hashes that say whether a sentence still says the same, without keeping it.
 * Markup, links, white space, typographic quotes and closing punctuation don't count; words do.
 */
import { createHash } from 'node:crypto';

/** The words of a sentence as they are hashed. */
export function normalized(sentence: string): string {
  return sentence
    .normalize('NFKC') // a no-break space becomes a space
    .replace(/[‘’‚‛′]/g, "'")
    .replace(/[“”„‟″]/g, '"')
    .replace(/\p{Cf}/gu, '') // soft hyphens, zero-width spaces
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\s.!?:;,…]+$/u, '');
}

/** 16 hexadecimal digits of the SHA-256 of the normalized words. */
export const fingerprint = (sentence: string): string =>
  createHash('sha256').update(normalized(sentence)).digest('hex').slice(0, 16);

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** A paragraph's text as sentences; empty ones left out. */
export const sentencesOf = (paragraph: string): string[] =>
  [...sentences.segment(paragraph.replace(/\s+/g, ' '))]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => normalized(sentence) !== '');
