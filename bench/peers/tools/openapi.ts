/** The OpenAPI file as other tools like it: changes that a user would make by hand before they work at all. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { live } from '../peer.ts';

export const openApiFile = fileURLToPath(new URL('../../../spec/openapi.yaml', import.meta.url));

const file = (): string => readFileSync(openApiFile, 'utf8');

/** For tools that can't read "any type", or take it for a type named `*`: answers of any type without their bodies. */
export const bodiesLeftOut = (): string => file().replace(/\n +content:\n +"\*\/\*":\n +schema: \{\}/g, '');

/** For a tool that takes an answer without a body for one that must have none. */
export const bodiesAsJson = (): string => file().replaceAll('"*/*":', 'application/json:');

const withExample = (text: string, id: string): string =>
  text.replace(/(- name: task_id\n( +)in: path\n)/, `$1$2example: ${id}\n`);

/** With the 400 that a read may answer to a parameter that is malformed: the documents leave it open. */
export const with400OfRead = (): string =>
  file().replace(
    /( +)"404":\n/,
    (line, indent: string) => `${indent}"400":\n${indent}  description: Malformed.\n${line}`,
  );

/** For tools that read OpenAPI 3.0, want an example for every parameter, and take each property for required without one. */
export function asOpenApi30(): string {
  const task = '{ id: a, status: started }';
  const [before = '', after = ''] = bodiesLeftOut()
    .replace(/^openapi: .*$/m, 'openapi: 3.0.3')
    .replace(/( +)schema:\n +type: array/, `$1example: [${task}]\n$&`)
    .replace(/\n( +)schema:\n +\$ref: "#\/components\/schemas\/crdb_task"/, `\n$1example: ${task}$&`)
    .replace(/(- name: X-Result-TTL\n( +)in: header\n)/, '$1$2example: 600\n')
    .split('/actions/cancel:');
  return `${withExample(before, live.read)}/actions/cancel:${withExample(after, live.cancel)}`;
}
