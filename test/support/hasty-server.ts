/**
 * The control of the `kill -9` test: a careless companion that returns 200 for a webhook before it has processed it. It
 * must lose some webhooks; otherwise the test could not find a careless server.
 */
import { createServer } from 'node:http';
import { createCompanion } from '../../src/companion/companion.ts';
import { loadConfig } from '../../src/companion/config.ts';

const config = loadConfig(process.env);
const companion = await createCompanion({ config: { ...config, port: 0 } });
const inside = await companion.listen();

createServer((request, response) => {
  const path = request.url ?? '/';
  if (!path.startsWith('/webhooks/')) {
    companion.handler(request, response);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200).end();
    const names = Object.keys(request.headers).filter((name) => /^x-sbp-|^content-type$/.test(name));
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
    void fetch(`${inside}${path}`, { method: 'POST', headers, body: Buffer.concat(chunks) });
  });
}).listen(config.port, config.host);
