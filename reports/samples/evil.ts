/** Words that a reader of XML, HTML, Markdown, a terminal or a build server's log could fall for. */
import { evilText } from './sample.ts';

export const evilWords = [
  evilText,
  '</details></summary><img src=x onerror=alert(1)> @octocat #1 GH-1 [a](javascript:alert(1)) ![b](http://x)',
  '\n::error::fake\r\n##[error]fake %0A::stop-commands::x',
  '\n\n# heading\n\n```\n| a | b |\n| - | - |\n[^1] $x$ https://evil.example www.evil.example a@evil.example',
].join(' ');
