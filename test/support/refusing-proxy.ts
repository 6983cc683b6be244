import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** A response in place of the companion's. */
export interface Refusal {
  /** The end of the call's path, such as `/refunds`. */
  readonly path: string;
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * A proxy before a companion's merchant API that refuses calls on demand, like a gateway that is misconfigured or a key
 * that is being replaced.
 */
export class RefusingProxy {
  readonly url: string;
  /** The next refusals. Each is used once. */
  readonly refusals: Refusal[] = [];
  /** The path of each POST so far and the status of its response. */
  readonly calls: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(target: string): Promise<RefusingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new RefusingProxy(server);
    server.on('request', (incoming, answer) => {
      void (async () => {
        const { url = '', method = 'GET' } = incoming;
        const body = await text(incoming);
        const next = proxy.refusals.findIndex(({ path }) => method === 'POST' && url.endsWith(path));
        const [refusal] = next < 0 ? [] : proxy.refusals.splice(next, 1);
        const headers = ['authorization', 'content-type', 'idempotency-key'].flatMap((name) => {
          const value = incoming.headers[name];
          return typeof value === 'string' ? [[name, value] as [string, string]] : [];
        });
        const { status, json } = refusal
          ? { status: refusal.status, json: JSON.stringify(refusal.json) }
          : await passOn(target + url, { method, headers, ...(method === 'POST' && { body }) });
        if (method === 'POST') proxy.calls.push(`${url.replace(/^\/api\/sbp\/v1/, '')} ${status}`);
        answer.writeHead(status, { 'content-type': 'application/json' }).end(json);
      })();
    });
    return proxy;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function passOn(url: string, init: RequestInit): Promise<{ status: number; json: string }> {
  const response = await fetch(url, init);
  return { status: response.status, json: await response.text() };
}
