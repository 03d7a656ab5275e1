import { expect, test } from 'vitest';
import { atMarks, expandShortcodes } from './pages.ts';

test('a link inside the reference becomes an ordinary one', () => {
  expect(expandShortcodes('[x]({{< relref "/a/b#c" >}}) and [y]({{<relref "/d">}})').markdown).toBe(
    '[x](/a/b#c) and [y](/d)',
  );
});

test('layout goes and what it encloses stays', () => {
  expect(expandShortcodes('{{<note>}}\nhot\n{{</note>}}\n').markdown).toBe('\nhot\n\n');
});

test('a block of code of many lines is one mark on one line, and offsets lead back', () => {
  const source = '| a | {{<code>}}\n[{\n}]{{</code>}} | b |\nafter';
  const { markdown, codes, sourceOffset, unread } = expandShortcodes(source);
  expect(markdown.split('\n')).toHaveLength(2);
  expect(atMarks(markdown)).toEqual(['| a | ', 0, ' | b |\nafter']);
  expect(codes).toEqual(['\n[{\n}]']);
  expect(source.slice(sourceOffset(markdown.indexOf('after')))).toBe('after');
  expect(unread).toEqual([]);
});

test('a block that is never closed is told, where it begins, and hides nothing', () => {
  const { markdown, unread } = expandShortcodes('one {{<code>}} two {{<code>}} three {{</code>}} four');
  expect(unread).toEqual([{ offset: 4, reason: 'a block of code that is never closed' }]);
  expect(markdown).toContain('two');
  expect(markdown).toContain('four');
});

test('a shortcode that it does not know is told by its name', () => {
  expect(expandShortcodes('a {{< table-children x="y" >}}').unread).toEqual([
    { offset: 2, reason: 'the shortcode `table-children`' },
  ]);
});

test('a page can not smuggle in a mark of its own', () => {
  expect(atMarks(expandShortcodes('a \uE0007\uE001 b').markdown)).toEqual(['a  7  b']);
});

test.each(['{{<', '{{< >}}', '>}} {{<', '{{</code>}}'])('%s is no reason to stumble', (text) => {
  expect(() => expandShortcodes(text)).not.toThrow();
});
