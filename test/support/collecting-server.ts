/** The real companion, which also reports its live memory on request. */
import { serve } from '../../src/companion/cli/serve.ts';
import { sayWhenAsked } from './kept-memory.ts';

sayWhenAsked();
await serve();
