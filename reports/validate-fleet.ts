/** Whether a value is a fleet.json: by the published JSON Schema, and by what a schema can't say. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import schema from './fleet.schema.json' with { type: 'json' };
import { type Fleet, fleetVerdict } from './fleet.ts';

/** @returns the first thing that is wrong; undefined where it is a whole fleet */
export function fleetProblem(value: unknown): string | undefined {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  addFormats.default(ajv, ['date-time']);
  const isFleet = ajv.compile<Fleet>(schema);
  if (isFleet(value)) return contradiction(value);
  const [error] = isFleet.errors ?? [];
  return `${error?.instancePath.slice(1).replaceAll('/', '.') || 'the fleet'} ${error?.message ?? 'is wrong'}`;
}

function contradiction({ verdict, planned, targets }: Fleet): string | undefined {
  const names = targets.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `target ${twice} stands there twice`;
  const foreign = names.find((name) => !planned.includes(name));
  if (foreign !== undefined) return `target ${foreign} was not planned`;
  const due = fleetVerdict(targets);
  if (verdict !== due) return `its verdict is told as ${verdict}, and its targets come to ${due}`;
  const untold = targets.find(({ result, problem }) => (result === null) === (problem === null));
  return (
    untold &&
    `target ${untold.name} has ${untold.result ? 'a result and a problem' : 'neither a result nor a problem'}`
  );
}
