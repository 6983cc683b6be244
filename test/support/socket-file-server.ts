/**
 * A companion that is also reached by a socket file, as by a proxy on the same machine, and says how much memory it
 * keeps. For a reader of such a socket the system holds some 200 KB, where for TCP on loopback it holds megabytes: who
 * does not read is noticed that much sooner.
 */
import { createServer } from 'node:http';
import { createCompanion } from '../../src/companion/companion.ts';
import { loadConfig } from '../../src/companion/config.ts';
import { sayWhenAsked } from './kept-memory.ts';

sayWhenAsked();
const companion = await createCompanion({ config: loadConfig(process.env) });
await companion.listen();
createServer(companion.handler).listen(process.env['SOCKET_FILE']);
