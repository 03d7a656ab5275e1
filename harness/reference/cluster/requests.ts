/** What a request to the databases' side asks for: its body and headers, looked at as a cluster looks at them. */
import type { Incoming } from '../handler.ts';
import type { Quirks } from './cluster-options.ts';
import type { Config, TaskWish } from './databases.ts';

/** The JSON object that a body holds, or undefined. */
export function objectIn(text: string): Config | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textIn = (object: unknown, name: string): string | undefined => {
  const value = isObject(object) ? object[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The participating clusters that a database or a change of it names: their names and who asks them. */
export function clustersIn(
  instances: unknown,
): readonly { readonly name: string; readonly credentials: unknown }[] {
  if (!Array.isArray(instances)) return [];
  return instances.flatMap((instance: unknown) => {
    const cluster = isObject(instance) ? instance.cluster : undefined;
    const name = textIn(cluster, 'name');
    return isObject(cluster) && name !== undefined ? [{ name, credentials: cluster.credentials }] : [];
  });
}

/** What the headers ask of the task, or the status that refuses them. */
export function wishOf(
  { taskId, resultTtl }: Incoming,
  { resultTtl: heed }: Quirks,
  fails: boolean,
): TaskWish | 400 | 500 {
  if (resultTtl === undefined) return { id: taskId, resultTtlS: undefined, fails };
  if (!/^\d+$/.test(resultTtl)) return 400;
  if (heed === 'refused') return 500;
  return { id: taskId, resultTtlS: Number(resultTtl), fails: fails || heed === 'fails the task' };
}
