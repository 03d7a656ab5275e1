import { overHttp } from './environments.ts';
import { testQuickly } from './quickly.ts';

testQuickly(overHttp);
