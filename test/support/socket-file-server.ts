/**
 * A companion that also listens on a socket file, as for a proxy on the same machine, and reports its live memory. For
 * a reader of a socket file the system buffers about 200 KB; for TCP on loopback, megabytes. So the companion notices
 * much sooner that a client does not read.
 */
import { createServer } from 'node:http';
import { createCompanion } from '../../src/companion/companion.ts';
import { loadConfig } from '../../src/companion/config.ts';
import { sayWhenAsked } from './kept-memory.ts';

sayWhenAsked();
const companion = await createCompanion({ config: loadConfig(process.env) });
await companion.listen();
createServer(companion.handler).listen(process.env['SOCKET_FILE']);
