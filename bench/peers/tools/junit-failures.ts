/** What a JUnit file says has failed: the names of its test cases, with the kind of failure where it tells one. */
const testCase = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const nameIn = /\bname="([^"]*)"/;

/** @param kinds words of a failure's text that tell one kind of failure from another */
export function junitFailures(xml: string, kinds: RegExp = /$^/g): readonly string[] {
  return [...xml.matchAll(testCase)].flatMap(([, attributes = '', inside = '']) => {
    if (!/<(failure|error)\b/.test(inside)) return [];
    const [, name = ''] = nameIn.exec(attributes) ?? [];
    const found = [...new Set(inside.match(kinds) ?? [])];
    return found.length === 0 ? [name] : found.map((kind) => `${name}: ${kind}`);
  });
}
