/** The page's style. */
import { readFileSync } from 'node:fs';

export const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
