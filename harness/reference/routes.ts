/** Which operation a path and a method name. Paths are matched as they came, so that `%2F` divides nothing. */
import type { Operation, Route, Rules } from './rules.ts';

export type Found =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly rawId: string }
  | {
      readonly kind: 'wrong method';
      /** The path's first operation. */
      readonly operation: Operation;
      readonly rawId: string;
      readonly allow: readonly string[];
    }
  | { readonly kind: 'unknown path' };

export function findRoute(method: string, path: string, { routes, paths }: Rules): Found {
  const trimmed = paths.trailingSlash === 'same path' && path.length > 1 ? path.replace(/\/+$/, '') : path;
  const matches: { readonly route: Route; readonly rawId: string }[] = [];
  for (const route of routes) {
    const rawId = idIn(trimmed, route.path);
    if (rawId === undefined) continue;
    if (route.method === method || (route.method === 'GET' && method === 'HEAD')) {
      return { kind: 'operation', operation: route.operation, rawId };
    }
    matches.push({ route, rawId });
  }
  const [first] = matches;
  if (!first) return { kind: 'unknown path' };
  const allow = [...new Set(matches.map(({ route }) => route.method))];
  return { kind: 'wrong method', operation: first.route.operation, rawId: first.rawId, allow };
}

/** The segment that stands for `{id}`, empty where the pattern has none; undefined where the path is another. */
function idIn(path: string, pattern: string): string | undefined {
  const [before = '', after] = pattern.split('{id}');
  if (after === undefined) return path === pattern ? '' : undefined;
  if (!path.startsWith(before) || !path.endsWith(after) || path.length <= before.length + after.length) {
    return undefined;
  }
  const id = path.slice(before.length, path.length - after.length);
  return id.includes('/') ? undefined : id;
}

/** The id that a raw segment spells; one with broken escapes stands for itself, and names no task. */
export function decoded(rawId: string): string {
  try {
    return decodeURIComponent(rawId);
  } catch {
    return rawId;
  }
}
