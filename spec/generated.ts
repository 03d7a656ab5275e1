/** The generated files: what they must hold, and whether they do. */
import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { edition as checkedIn } from './contract.ts';
import { documentFile } from './document.ts';
import { type Facts, loadFacts } from './fact.ts';
import { openApi } from './openapi.ts';
import { applyOverlay } from './overlay.ts';

export const overlayFile = new URL('./overlay.yaml', import.meta.url);

/** The text of facts.json. */
export const factsText = (facts: Facts): string => `${JSON.stringify(facts, null, 2)}\n`;

/**
 * The text of openapi.yaml: the same facts and overlay always give the same.
 * @throws {SpecError} the overlay doesn't fit
 */
export async function documentText(facts: Facts): Promise<string> {
  const overlay = await readFile(overlayFile, 'utf8');
  const document = await applyOverlay(openApi(facts), overlay, facts.edition !== checkedIn);
  const head = '# Generated from facts.json and overlay.yaml by `spec generate`: change those, not this.\n';
  return head + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Whether the checked-in openapi.yaml is what facts.json and overlay.yaml give. */
export const generatedIsCurrent = async (): Promise<boolean> =>
  (await readFile(documentFile, 'utf8')) === (await documentText(loadFacts()));
