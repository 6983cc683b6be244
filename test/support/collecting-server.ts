/** The companion as it is, which also says how much memory it keeps. */
import { serve } from '../../src/companion/cli/serve.ts';
import { sayWhenAsked } from './kept-memory.ts';

sayWhenAsked();
await serve();
