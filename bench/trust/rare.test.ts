import { testQuickly } from './quickly.ts';
import { rareFaults } from './rare.ts';

testQuickly(rareFaults);
