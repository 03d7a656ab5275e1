/// <reference lib="dom" />
/** The page's script. It runs in the reader's browser: each function uses nothing from outside of itself. */

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

/**
 * Runs in the reader's browser: it may use nothing from outside of itself. What is filtered, and the finding that is
 * looked at, stand in the address after the `#`, so that a link shows another reader the same.
 */
export function filtering(): void {
  const form = document.querySelector<HTMLFormElement>('form.filters');
  const shown = form?.querySelector('output');
  const clauses = [...document.querySelectorAll<HTMLElement>('section.clause')];
  if (!form || !shown) return;

  /** Made at the first search: of a big page it takes a while. */
  const texts = new Map<HTMLElement, string>();
  const textOf = (clause: HTMLElement): string => {
    const text = texts.get(clause) ?? clause.textContent.toLowerCase();
    texts.set(clause, text);
    return text;
  };

  /** What the form asks for: no value means all. */
  const wanted = (): URLSearchParams => {
    const found = new Map<string, string[]>();
    for (const [name, value] of new FormData(form))
      if (typeof value === 'string' && value !== '') found.set(name, [...(found.get(name) ?? []), value]);
    return new URLSearchParams([...found].map(([name, values]) => [name, values.join(',')]));
  };

  const matches = (clause: HTMLElement, by: URLSearchParams): boolean => {
    const { verdict = '', level = '', suite = '', phases = '' } = clause.dataset;
    const isOneOf = (name: string, having: readonly string[]): boolean => {
      const values = by.get(name)?.split(',');
      return !values || values.some((value) => having.includes(value));
    };
    return (
      isOneOf('verdict', [verdict]) &&
      isOneOf('level', [level]) &&
      isOneOf('suite', [suite]) &&
      isOneOf('phase', phases.split(' ')) &&
      (by.get('q') ?? '')
        .toLowerCase()
        .split(/\s+/)
        .every((word) => word === '' || textOf(clause).includes(word))
    );
  };

  const apply = (): void => {
    const by = wanted();
    let count = 0;
    for (const clause of clauses) {
      clause.hidden = !matches(clause, by);
      if (!clause.hidden) count++;
    }
    shown.textContent = `${count} of ${clauses.length} clauses`;
  };

  /** Where the reader is: the filters, and the finding that they look at. */
  const tell = (at: string): void => {
    const state = wanted();
    const isPlain = state.size === 0;
    if (at !== '' && !isPlain) state.set('at', at);
    const hash = isPlain ? at : `${state}`;
    history.replaceState(null, '', location.href.split('#')[0] + (hash === '' ? '' : `#${hash}`));
  };

  const fill = (from: URLSearchParams): void => {
    form.reset();
    for (const [name, value] of from) {
      for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
        `[name="${CSS.escape(name)}"]`,
      )) {
        if (field instanceof HTMLInputElement && field.type === 'checkbox') {
          field.checked = value.split(',').includes(field.value);
        } else {
          field.value = value;
        }
      }
    }
  };

  /** Opens what a finding is folded in, and shows it. */
  const reveal = (at: string): void => {
    const target = document.getElementById(at);
    if (!target) return;
    for (
      let around = target.closest('details');
      around;
      around = around.parentElement?.closest('details') ?? null
    )
      around.open = true;
    for (const marked of document.querySelectorAll('.at')) marked.classList.remove('at');
    target.classList.add('at');
    target.scrollIntoView();
  };

  const follow = (): void => {
    const hash = location.hash.slice(1);
    const isState = hash.includes('=');
    const from = new URLSearchParams(isState ? hash : '');
    const at = isState ? (from.get('at') ?? '') : hash;
    const clause = document.getElementById(at)?.closest<HTMLElement>('section.clause');
    if (isState) fill(from);
    else if (clause && !matches(clause, wanted())) form.reset();
    apply();
    if (!isState) tell(at);
    if (at !== '') reveal(at);
    else if (isState) document.getElementById('page:clauses')?.scrollIntoView();
  };

  const change = (): void => {
    tell('');
    apply();
  };
  form.addEventListener('input', change);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.querySelector('button')?.addEventListener('click', () => {
    form.reset();
    change();
  });
  addEventListener('hashchange', follow);
  form.hidden = false;
  follow();
}
