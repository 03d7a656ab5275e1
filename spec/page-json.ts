/** The published JSON form of a page: `{ id, title, url, content, … }`, its content Markdown in one string. */
import { SpecError } from './errors.ts';
import { isRecord } from './record.ts';

export interface PageJson {
  readonly title: string;
  readonly url: string;
  /** Markdown, as the site's source has it, links emptied. */
  readonly content: string;
}

/** Whether a text claims to be JSON: no Markdown page begins with a brace. */
export const isPageJson = (text: string): boolean => /^\s*[{[]/.test(text) && !/^\s*\{\{/.test(text);

/** @throws {SpecError} it is cut off or broken, or it is JSON of another kind */
export function pageJson(text: string, name: string): PageJson {
  const page = parsed(text, name);
  if (isRecord(page)) {
    const { title, url, content } = page;
    if (typeof title === 'string' && typeof url === 'string' && typeof content === 'string') {
      return { title, url, content };
    }
  }
  throw new SpecError(
    `${name} is JSON, but no docs page: a page has title, url and content.`,
    'Give the page JSON that the docs publish beside each page (index.json).',
  );
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SpecError(
      `${name} begins like JSON and is broken, perhaps cut off after ${text.length} characters.`,
      'Download the page again.',
      { cause: error },
    );
  }
}
