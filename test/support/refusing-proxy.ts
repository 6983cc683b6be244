import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** An answer in the companion's place. */
export interface Refusal {
  /** The end of the call's path, such as `/refunds`. */
  readonly path: string;
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Stands before a companion's merchant API and refuses what it is told to: a key being replaced, a gateway that is set up wrongly. */
export class RefusingProxy {
  readonly url: string;
  /** Refusals to come, one a call. */
  readonly refusals: Refusal[] = [];
  /** Every POST that came, as its path and the status that it was answered with. */
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
