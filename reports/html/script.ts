/** The page's script: each function as it stands, for it uses nothing from outside of itself. */
import { copying } from './browser/copying.ts';
import { filtering } from './browser/filtering.ts';

export const script = [copying, filtering].map((work) => `(${work})();`).join('\n');
