/** Applies an OpenAPI Overlay 1.0. The library does the work; what it leaves to chance is refused here. */
import { openapiOverlay, resolveJsonPath } from 'openapi-format';
import { parse } from 'yaml';
import { SpecError } from './errors.ts';
import { isRecord } from './record.ts';

type Action =
  | { readonly target: string; readonly update: Readonly<Record<string, unknown>> }
  | { readonly target: string; readonly remove: true };

/**
 * @param document an OpenAPI document; it is not changed
 * @param text of an overlay, YAML or JSON
 * @param mayMissTargets the overlay was written for another edition: an action whose target is not there is left out
 * @returns the document with every action applied, in order
 * @throws {SpecError} the overlay is malformed, an action has no reason, or its target matches nothing
 */
export async function applyOverlay(document: object, text: string, mayMissTargets = false): Promise<object> {
  const actions = actionsOf(text);
  let result: Record<string, unknown> = structuredClone({ ...document });
  for (const action of actions) {
    if (mayMissTargets && action.target !== '$' && resolveJsonPath(result, action.target).length === 0)
      continue;
    refuseOtherwise(result, action);
    const applied = await openapiOverlay(result, { overlaySet: { overlay: '1.0.0', actions: [action] } });
    result = { ...applied.data };
  }
  return result;
}

/**
 * Refuses a target that matches nothing, and those where the library departs from the standard: an update of a list
 * (it merges, the standard appends) or of a plain value, and the removal of several rows of one list (it removes
 * others, for each removal moves the rest).
 */
function refuseOtherwise(document: Record<string, unknown>, action: Action): void {
  if (action.target === '$') return;
  const nodes = resolveJsonPath(document, action.target);
  if (nodes.length === 0) throw wrong(`the target ${action.target} matches nothing in the document`);
  if ('update' in action) {
    if (nodes.some(({ value }) => Array.isArray(value)))
      throw wrong(`the target ${action.target} selects a list`);
    if (!nodes.every(({ value }) => isRecord(value)))
      throw wrong(`the target ${action.target} selects no object`);
    if (namesParameters(action.update)) throw wrong(`${action.target}: its update has a list of parameters`);
    return;
  }
  const lists = nodes.map(({ parent }) => parent).filter((parent) => Array.isArray(parent));
  if (new Set(lists).size < lists.length)
    throw wrong(`the target ${action.target} selects several rows of a list`);
}

/** Whether an update holds a list of named parameters: the library merges it by name, the standard appends. */
function namesParameters(update: unknown): boolean {
  if (Array.isArray(update)) return update.some((row) => isRecord(row) && 'name' in row && 'in' in row);
  return isRecord(update) && Object.values(update).some(namesParameters);
}

/** The actions of an overlay, each with its reason, and either an object to merge or a removal. */
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
