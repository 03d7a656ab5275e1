/** Rows of older facts against newer ones: operations, status codes, parameters, fields, bodies, spans of time. */
import type {
  BodyFact,
  Facts,
  FieldFact,
  ObjectFacts,
  OperationFacts,
  ParameterFact,
  StatusFact,
  TypeFact,
} from './fact.ts';

/** What came, went or changed, a line each. */
export function rowsDrift(before: Facts, after: Facts): readonly string[] {
  return [
    ...compared('the operation', before.operations, after.operations, nameOf, operationDrift),
    ...compared('the object', before.objects, after.objects, ({ page }) => page, objectDrift),
  ];
}

const nameOf = ({ method, path }: OperationFacts): string => `${method} ${path}`;

/** Pairs rows by name and says which came and went; `inside` says what differs between two of one name. */
function compared<Fact>(
  what: string,
  before: readonly Fact[],
  after: readonly Fact[],
  name: (fact: Fact) => string,
  inside: (before: Fact, after: Fact) => readonly string[],
): readonly string[] {
  const olds = new Map(before.map((fact) => [name(fact), fact] as const));
  const news = new Map(after.map((fact) => [name(fact), fact] as const));
  const gone = [...olds.keys()].filter((key) => !news.has(key)).map((key) => `${what} ${key} is gone`);
  const rest = [...news].flatMap(([key, fact]) => {
    const old = olds.get(key);
    return old === undefined ? [`${what} ${key} is new`] : inside(old, fact);
  });
  return [...gone, ...rest];
}

function operationDrift(before: OperationFacts, after: OperationFacts): readonly string[] {
  const name = nameOf(before);
  const at = (lines: readonly string[]): readonly string[] => lines.map((line) => `${name}: ${line}`);
  return at([
    ...compared('status', before.statuses, after.statuses, ({ code }) => String(code), statusDrift),
    ...compared('the parameter', before.parameters, after.parameters, parameterName, parameterDrift),
    ...compared(
      'the response header',
      before.responseHeaders,
      after.responseHeaders,
      parameterName,
      parameterDrift,
    ),
    ...compared('the body field', before.bodyFields, after.bodyFields, fieldName, fieldDrift),
    ...compared('the permission', before.permissions, after.permissions, String, () => []),
    ...compared('the error code', before.errorCodes, after.errorCodes, String, () => []),
    ...differs('the body of the request', bodyWords(before.body), bodyWords(after.body)),
    ...differs('the body of the answer', bodyWords(before.returns), bodyWords(after.returns)),
    ...differs('spans of time', durationWords(before), durationWords(after)),
  ]);
}

const objectDrift = (before: ObjectFacts, after: ObjectFacts): readonly string[] =>
  compared(`${before.page}: the field`, before.fields, after.fields, fieldName, fieldDrift);

const fieldName = ({ name }: FieldFact): string => name;
const parameterName = ({ name, in: place }: ParameterFact): string => `${name} (${place})`;

const differs = (what: string, before: string, after: string): readonly string[] =>
  before === after ? [] : [`${what}: was ${before}, now ${after}`];

const described = (
  what: string,
  before: { fingerprint: string },
  after: { fingerprint: string },
): readonly string[] => (before.fingerprint === after.fingerprint ? [] : [`${what} is described otherwise`]);

const statusDrift = (before: StatusFact, after: StatusFact): readonly string[] =>
  described(`status ${before.code}`, before, after);

const parameterDrift = (before: ParameterFact, after: ParameterFact): readonly string[] => {
  const what = `the parameter ${parameterName(before)}`;
  return [
    ...differs(`${what}, its type`, typeWords(before.type), typeWords(after.type)),
    ...differs(`${what}`, optionality(before), optionality(after)),
    ...described(what, before, after),
  ];
};

const optionality = ({ optional }: ParameterFact): string =>
  optional ? 'marked optional' : 'not marked optional';

const fieldDrift = (before: FieldFact, after: FieldFact): readonly string[] => {
  const what = `the field ${before.name}`;
  return [
    ...differs(`${what}, its type`, typeWords(before.type), typeWords(after.type)),
    ...differs(`${what}`, access(before), access(after)),
    ...described(what, before, after),
  ];
};

const access = ({ readOnly }: FieldFact): string => (readOnly ? 'read-only' : 'not marked read-only');

const bodyWords = (body: BodyFact | null): string =>
  body === null ? 'undocumented' : `${body.array ? 'an array of ' : ''}${body.object ?? 'JSON'}`;

const durationWords = ({ durations }: OperationFacts): string =>
  durations.map(({ seconds, byDefault }) => `${seconds} s${byDefault ? ' by default' : ''}`).join(', ') ||
  'none';

function typeWords(type: TypeFact): string {
  switch (type.kind) {
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'array':
      return `array of ${typeWords(type.items)}`;
    case 'object':
      return `object { ${type.fields.map((field) => `${field.name}: ${typeWords(field.type)}`).join(', ')} }`;
    case 'reference':
      return `object ${type.object}`;
    default:
      return type.kind;
  }
}
