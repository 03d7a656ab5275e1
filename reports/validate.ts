/** Whether a value is a report or a fleet: by the published JSON Schemas, and by what a schema can't say. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Report } from '../harness/model/report.ts';
import fleetJsonSchema from './fleet.schema.json' with { type: 'json' };
import { type Fleet, fleetVerdict } from './fleet.ts';
import reportJsonSchema from './report.schema.json' with { type: 'json' };

/** Each compiled at its first use: most commands write no report, and few read one. */
const compiled: { all?: ValidateFunction<Report>; first?: ValidateFunction<Report> } = {};

/** Tests hold the schemas against their meta-schema, and compile them strictly. To do it here too would double the time. */
const trusted = { meta: false, validateSchema: false, strict: false };

function compile(allErrors: boolean): ValidateFunction<Report> {
  const ajv = new Ajv2020({ allErrors, ...trusted });
  addFormats.default(ajv, ['date-time', 'date', 'uri']);
  return ajv.compile<Report>(reportJsonSchema);
}

const shownProblems = 20;

/** @returns what is wrong, a line each, the first twenty; nothing where it is a whole report */
export function validateReport(value: unknown): string[] {
  compiled.all ??= compile(true);
  const isReport = compiled.all;
  const problems = isReport(value)
    ? contradictions(value)
    : (isReport.errors ?? []).filter(isTelling).map(inWords);
  const left = problems.length - shownProblems;
  return left > 0 ? [...problems.slice(0, shownProblems), `and ${left} more`] : problems;
}

/** The same for a value from anywhere: it stops at the first problem, for there may be a hundred million. */
export function firstProblem(value: unknown): string | undefined {
  compiled.first ??= compile(false);
  const isReport = compiled.first;
  if (isReport(value)) return contradictions(value)[0];
  const [first] = isReport.errors ?? [];
  const error = isReport.errors?.find(isTelling) ?? first;
  return error ? inWords(error) : 'the value is not a report';
}

/** A failed `then` or `anyOf` also has an error for the part of it that failed. */
const isTelling = ({ keyword }: ErrorObject): boolean => !['if', 'anyOf'].includes(keyword);

function inWords({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  const where = instancePath === '' ? 'the report' : instancePath.slice(1).replaceAll('/', '.');
  const details = Object.entries(params)
    .filter(([name]) =>
      ['additionalProperty', 'allowedValues', 'allowedValue', 'propertyName'].includes(name),
    )
    .map(([, detail]) => JSON.stringify(detail));
  return `${where} ${message}${details.length > 0 ? `: ${details.join(', ')}` : ''}`;
}

/** Ids that name nothing, or two things. */
function contradictions({ target, clauses, exchanges }: Report): string[] {
  const exchangeIds = new Set(exchanges.map(({ id }) => id));
  return [
    ...(URL.canParse(target.url) ? [] : ['target.url is not a URL']),
    ...twice(exchanges.map(({ id }) => id)).map((id) => `two exchanges have the id ${id}`),
    ...twice(clauses.map(({ id }) => id)).map((id) => `clause ${id} is listed twice`),
    ...clauses.flatMap(({ id, checks }) => [
      ...twice(checks.map(({ name }) => name)).map((name) => `clause ${id} has two checks named "${name}"`),
      ...checks.flatMap((check) =>
        check.exchanges
          .filter((exchange) => !exchangeIds.has(exchange))
          .map(
            (exchange) =>
              `check "${check.name}" of ${id} names the exchange ${exchange}, which is not recorded`,
          ),
      ),
    ]),
  ];
}

function twice(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

/** @returns the first thing that is wrong; undefined where it is a whole fleet */
export function fleetProblem(value: unknown): string | undefined {
  const ajv = new Ajv2020(trusted);
  addFormats.default(ajv, ['date-time']);
  const isFleet = ajv.compile<Fleet>(fleetJsonSchema);
  if (isFleet(value)) return contradiction(value);
  const [error] = isFleet.errors ?? [];
  return `${error?.instancePath.slice(1).replaceAll('/', '.') || 'the fleet'} ${error?.message ?? 'is wrong'}`;
}

function contradiction({ verdict, planned, targets }: Fleet): string | undefined {
  const names = targets.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `target ${twice} is listed twice`;
  const foreign = names.find((name) => !planned.includes(name));
  if (foreign !== undefined) return `target ${foreign} is not in "planned"`;
  const due = fleetVerdict(targets);
  if (verdict !== due) return `the verdict is ${verdict}, but the results of the targets give ${due}`;
  const untold = targets.find(({ result, problem }) => (result === null) === (problem === null));
  return (
    untold &&
    `target ${untold.name} has ${untold.result ? 'a result and a problem' : 'neither a result nor a problem'}`
  );
}

/** In bytes: three times the longest report of a run. */
export const longestReport = 128 * 2 ** 20;
/** Nine times the values of the longest report of a run. */
export const mostValues = 4_000_000;

const [quote, backslash, comma, bracket, brace] = Buffer.from('"\\,[{');

/**
 * Whether a JSON text has more than so many values, before it is parsed: parsed, `{}` takes thirty times its text. A text
 * that is not JSON is counted in the same way.
 */
export function holdsMoreValues(text: Buffer, most: number): boolean {
  let values = 0; // each value but the first of an array or object follows a comma
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
