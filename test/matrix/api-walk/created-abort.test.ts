import { it } from 'vitest';
import { walkThrough } from './walk-through.ts';

it('leaves nothing behind and tells the truth, whichever request goes wrong', async () => walkThrough('created-abort'));
