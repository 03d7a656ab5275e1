/** The one style of all pages. Colours come in both schemes; nothing is told by colour alone. */
export const style = `
:root { --page: #fff; --text: #1d2127; --quiet: #57606a; --line: #d8dee4; --link: #0b57d0;
  --good: #137333; --bad: #b3261e; --doubt: #855400; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1318; --text: #e3e7ec; --quiet: #a0aab5; --line: #2d3640; --link: #8ab4f8;
    --good: #6fcf8b; --bad: #ff8a80; --doubt: #f2b84b; }
}
body { background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 75rem; padding: 0 1rem; }
a { color: var(--link); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: 0; }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; }
.quiet { color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th { font-weight: normal; text-align: left; white-space: nowrap; }
thead th { color: var(--quiet); font-size: .8rem; text-align: center; }
td, th { border: 1px solid var(--line); padding: .2rem .45rem; }
td { text-align: center; min-width: 1.2rem; }
td a { text-decoration: none; }
.conformant, .pass { color: var(--good); }
.non-conformant, .fail { color: var(--bad); font-weight: bold; }
.incomplete, .warn, .inconclusive { color: var(--doubt); }
.skip, .observed { color: var(--quiet); }
`;
