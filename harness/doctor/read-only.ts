/** What a doctor may send: GET and OPTIONS, and of these nothing that any reading of the contract would take for a change. */

import type { Guard } from '../http/client.ts';
import { couldChange, Forbidden } from '../provision/guard.ts';

export const onlyLooking: Guard = {
  admit(request) {
    const { method, path, headers } = request;
    // OPTIONS on the path of a cancel is none; its task is nobody's.
    if (method === 'OPTIONS' && headers === undefined) return;
    if (couldChange(request)) throw new Forbidden(`refused to send ${method} ${path}: a doctor only looks`);
  },
  heed: () => {},
};
