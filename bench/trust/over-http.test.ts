import { testQuickly } from './quickly.ts';
import { overHttp } from './worlds.ts';

testQuickly(overHttp);
