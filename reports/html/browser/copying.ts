/// <reference lib="dom" />
/** Runs in the reader's browser: it may use nothing from outside of itself. A command is copied byte for byte. */
export function copying(): void {
  document.documentElement.classList.add('scripted');

  document.addEventListener('click', async ({ target }) => {
    const button = target instanceof HTMLElement && target.matches('button.copy') ? target : undefined;
    const command = button?.parentElement?.querySelector('code');
    if (!button || !command) return;
    button.textContent = (await copied(command)) ? 'Copied' : 'Press Ctrl-C';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  });

  async function copied(command: HTMLElement): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(command.textContent);
      return true;
    } catch {
      getSelection()?.selectAllChildren(command); // a page that came by plain HTTP has no clipboard
      return false;
    }
  }
}
