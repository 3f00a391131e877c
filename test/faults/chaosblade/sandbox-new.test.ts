import { describe } from 'vitest';
import { testBladeOnSandbox } from '../../helpers/blade-on-sandbox.ts';

describe('a ChaosBlade fault on the sandbox with operator 1.8', () => testBladeOnSandbox('1.8'));
