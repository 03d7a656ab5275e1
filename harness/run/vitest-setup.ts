/** Vitest runs this before each suite file. */
import { present } from './present.ts';

await present();
