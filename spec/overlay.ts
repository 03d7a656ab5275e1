/** Applies an OpenAPI Overlay 1.0. The library does the work; what it leaves to chance is refused here. */
import { openapiOverlay } from 'openapi-format';
import { parse } from 'yaml';
import { SpecError } from './errors.ts';
import { isRecord } from './record.ts';

type Action =
  | { readonly target: string; readonly update: Readonly<Record<string, unknown>> }
  | { readonly target: string; readonly remove: true };

/**
 * @param document an OpenAPI document; it is not changed
 * @param text of an overlay, YAML or JSON
 * @returns the document with every action applied, in order
 * @throws {SpecError} the overlay is malformed, an action has no reason, or its target matches nothing
 */
export async function applyOverlay(document: object, text: string): Promise<object> {
  const actions = actionsOf(text);
  let result: object = structuredClone(document);
  for (const action of actions) {
    const applied = await openapiOverlay(
      { ...result },
      { overlaySet: { overlay: '1.0.0', actions: [action] } },
    );
    const unused: unknown = applied.resultData.totalUnusedActions;
    if (unused !== 0) throw wrong(`the target ${action.target} matches nothing in the document`);
    result = applied.data;
  }
  return result;
}

/**
 * The actions of an overlay. Refuses what the library does otherwise than the standard asks: an update that is no
 * object, an update beside a removal, lists of named parameters (it merges them, the standard appends).
 */
function actionsOf(text: string): readonly Action[] {
  const overlay: unknown = parse(text);
  if (!isRecord(overlay) || !/^1\.0\.\d+$/.test(String(overlay.overlay)))
    throw wrong('it is no OpenAPI Overlay 1.0');
  const { actions } = overlay;
  if (!Array.isArray(actions) || actions.length === 0) throw wrong('it has no actions');
  return actions.map((action: unknown, index) => {
    const name = `action ${index + 1}`;
    if (!isRecord(action) || typeof action.target !== 'string') throw wrong(`${name} has no target`);
    const { target, description, update, remove } = action;
    if (typeof description !== 'string' || description.trim() === '')
      throw wrong(`${name} (${target}) has no reason`);
    if (remove === true && update === undefined) return { target, remove };
    if (remove !== undefined || !isRecord(update))
      throw wrong(`${name} (${target}) has neither an object to merge nor remove: true`);
    return { target, update };
  });
}

const wrong = (what: string): SpecError => new SpecError(`overlay.yaml: ${what}.`, 'Mend spec/overlay.yaml.');
