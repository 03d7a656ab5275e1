/** report.html as its reader has it: a real run's page, from disk, in a real browser. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHtml } from '../../reports/html.ts';
import { realClock } from '../http/clock.ts';
import { mutants } from '../reference/mutants.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import { chromiumPath, open, startBrowser, whereChromium } from '../testing/cli/browser.ts';
import { program } from '../testing/cli/program.ts';
import { nonConformant } from '../testing/reports/reports.ts';
import { evilText, hostile } from '../testing/reports/sample.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const broken = 'cancel.commit-phase.refused';
const widths = { desk: 1280, phone: 390 } as const;
const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries(widths).map(([on, width]) => ({ on, colorScheme, viewport: { width, height: 900 } })),
);

// A long timeout, for a busy machine: axe looks at each of some thousand elements.
describe.skipIf(chromiumPath === undefined)(`report.html in a browser${whereChromium}`, () => {
  let target: Reference;
  let browser: Browser;
  let file: string;

  beforeAll(async () => {
    const wrong = mutants.find(({ id }) => id === 'cancels-in-commit');
    target = await startReference({
      clock: realClock(),
      epochMs: Date.now(),
      ...(wrong ? { rules: wrong.rules } : {}),
    });
    const folder = freshFolder();
    const args = ['run', '--target', target.url, '--user', target.user, '--out', folder];
    const { code } = await program(
      [...args, '--clause', broken, 'expiry.default.kept', 'list.holds-running'],
      {
        env: { CRDB_PASSWORD: target.password },
      },
    );
    expect(code).toBe(1);
    file = join(folder, 'report.html');
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await target?.close();
  });

  describe.each(looks)('on a $on, $colorScheme', ({ colorScheme, viewport }) => {
    test('tells the verdict and what broke on its first screen', async () => {
      await using opened = await open(browser, file, { colorScheme, viewport });
      for (const words of ['non-conformant', broken]) {
        const box = await opened.page.getByText(words, { exact: true }).first().boundingBox();
        expect(box?.y).toBeLessThan(viewport.height);
      }
    });

    test('has nothing that axe objects to, and nothing wider than the screen', async () => {
      await using opened = await open(browser, file, { colorScheme, viewport, hash: `#${broken}` });
      const { violations } = await new AxeBuilder({ page: opened.page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        viewport.width,
      );
    });
  });

  test('is dark where the reader’s system is', async () => {
    const background = async (colorScheme: 'light' | 'dark') => {
      await using opened = await open(browser, file, { colorScheme });
      return await opened.page.evaluate('getComputedStyle(document.body).backgroundColor');
    };
    expect(await background('dark')).not.toBe(await background('light'));
  });

  test('shows what is filtered, and keeps it in its address for another reader', async () => {
    await using opened = await open(browser, file);
    const { page } = opened;
    const clauses = page.locator('section.clause');
    const all = await clauses.count();
    await page.locator('form.filters').getByLabel('fail', { exact: true }).check();
    await expect.poll(() => clauses.filter({ visible: true }).count()).toBe(1);
    expect(await page.locator('form.filters output').textContent()).toBe(`1 of ${all} clauses`);
    const address = page.url();
    expect(address).toMatch(/#verdict=fail$/);

    await using other = await open(browser, file, { hash: new URL(address).hash });
    await expect.poll(() => other.page.locator('section.clause').filter({ visible: true }).count()).toBe(1);
    await other.page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => other.page.locator('section.clause').filter({ visible: true }).count()).toBe(all);
    expect(new URL(other.page.url()).hash).toBe('');
  });

  test('keeps filters and finding in one address, and drops filters that would hide the finding', async () => {
    await using opened = await open(browser, file, { hash: '#verdict=fail' });
    // Of those that fail alike, the plainest is unfolded.
    const link = opened.page.locator(`a[href^="#${broken}:"]`).filter({ visible: true }).first();
    const named = (await link.getAttribute('href'))?.slice(1);
    await link.click();
    await expect.poll(() => new URL(opened.page.url()).hash).toMatch(/^#verdict=fail&at=/);

    const { hash } = new URL(opened.page.url());
    await using other = await open(browser, file, { hash });
    await expect.poll(() => other.page.locator('section.clause').filter({ visible: true }).count()).toBe(1);
    expect(await other.page.locator(`[id="${named}"]`).isVisible()).toBe(true);

    await other.page.locator('.matrix a[href="#list.holds-running"]').click();
    await expect.poll(() => other.page.locator('[id="list.holds-running"]').isVisible()).toBe(true);
    expect(new URL(other.page.url()).hash).toBe('#list.holds-running');
  });

  test('finds a clause by what is said in it', async () => {
    await using opened = await open(browser, file);
    await opened.page.getByRole('searchbox').fill('answered 200, expected 406');
    const visible = opened.page.locator('section.clause').filter({ visible: true });
    await expect.poll(() => visible.count()).toBe(1);
    expect(await visible.textContent()).toContain(broken);
  });

  test('opens at the finding that a link names, unfolded and in sight', async () => {
    await using opened = await open(browser, file, { hash: `#${broken}:1` });
    const proof = opened.page.locator(`[id="${broken}:1"]`);
    await expect.poll(() => proof.isVisible()).toBe(true);
    await expect.poll(async () => (await proof.boundingBox())?.y).toBeLessThan(900);
  });

  test('its copied cURL lines show the fault again in a shell', async () => {
    await using opened = await open(browser, file, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = opened;
    await page.locator('button.copy').first().click();
    await expect.poll(() => page.locator('button.copy').first().textContent()).toBe('Copied');
    const copied: string = await page.evaluate('navigator.clipboard.readText()');
    const { stdout } = await promisify(execFile)('bash', ['-c', copied], {
      env: { PATH: process.env.PATH, CRDB_USER: target.user, CRDB_PASSWORD: target.password },
    });
    expect(stdout.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 200']); // made, and cancelled
  });

  test('is read by the keyboard alone', async () => {
    await using opened = await open(browser, file);
    const { page } = opened;
    const summary = page.locator('section.clause.pass > details > summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await summary.evaluate((one) => one.parentElement?.hasAttribute('open'))).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement !== document.body')).toBe(true);
  });

  test('is read without JavaScript: the verdict, the proof and every exchange', async () => {
    await using opened = await open(browser, file, { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.getByText('non-conformant', { exact: true }).first().isVisible()).toBe(true);
    expect(await page.locator('form.filters').isVisible()).toBe(false);
    const summary = page.locator('section.clause.pass > details > summary').first();
    await summary.click();
    expect(await summary.locator('xpath=..').locator('.ground').isVisible()).toBe(true);
  });

  test('asks for nothing, and obeys nothing that a target said', async () => {
    const evil = `<img src=http://127.0.0.1:9/ onerror=alert(1)><script>alert(2)</script>${evilText}`;
    const page = join(freshFolder(), 'hostile.html');
    writeFileSync(page, toHtml(hostile(nonConformant, evil)));
    await using opened = await open(browser, page);
    await opened.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    expect(opened.astray).toEqual([]);
    expect(await opened.page.locator('img, iframe, object').count()).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('&lt;img');
  });

  test('a real run’s page asks for nothing either', async () => {
    await using opened = await open(browser, file, { hash: `#${broken}` });
    expect(opened.astray).toEqual([]);
  });
});
