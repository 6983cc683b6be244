import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How the proxy handles a call: `pass` forwards the call and its response. The test decides everything else. */
export type Trick = (call: Passed, response: ServerResponse, pass: () => Promise<Passthrough>) => unknown;

export interface Passthrough {
  readonly status: number;
  readonly body: string;
}

/** A proxy between a companion and its upstream that misbehaves like a network. */
export class UpstreamProxy {
  readonly calls: Passed[] = [];
  trick: Trick = honest;
  readonly #target: string | null;
  readonly #server: Server;
  url = '';

  private constructor(target: string | null) {
    this.#target = target;
    this.#server = createServer((incoming, response) => void this.#take(incoming, response));
  }

  /** `target: null` for an upstream that the test simulates completely. */
  static async start(target: string | null): Promise<UpstreamProxy> {
    const proxy = new UpstreamProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    proxy.url = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`;
    return proxy;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const call = { method: incoming.method!, path: incoming.url!, headers: incoming.headers, body };
    this.calls.push(call);
    try {
      await this.trick(call, response, () => this.#pass(call));
    } catch {
      // The target has ended, so this call is lost.
      response.destroy();
    }
  }

  #pass({ method, path, headers, body }: Passed): Promise<Passthrough> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#target ?? ''}${path}`, { method, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode!, body: text }));
        answer.on('error', reject);
      });
      outgoing.on('error', reject).end(body);
    });
  }
}

export const honest: Trick = async (_call, response, pass) => {
  const { status, body } = await pass();
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};

/** Ways in which an upstream gives no usable response. */
export const FAULTS: Readonly<Record<string, Trick>> = {
  'hangs up': (_call, response) => response.destroy(),
  'answers 502 with a page': (_call, response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
  'answers 200 with a page': (_call, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Welcome'),
  'answers half a message': (_call, response) =>
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"payment_id":"pay_x","qr_pa'),
  'is cut off': (_call, response) => {
    response.writeHead(201, { 'content-length': '999' }).write('{"payment_id":');
    setTimeout(() => response.destroy(), 10);
  },
  'answers something else': (_call, response) => response.writeHead(201).end('{"id":7}'),
  'takes the call and loses its answer': async (_call, response, pass) => {
    await pass();
    response.destroy();
  },
  'forgets our key': (_call, response) =>
    response
      .writeHead(401, { 'content-type': 'application/problem+json' })
      .end('{"code":"invalid_api_key","status":401}'),
  'has enough of us': (_call, response) => response.writeHead(429).end('{"code":"rate_limited"}'),
  'is at work on it': (_call, response) => response.writeHead(409).end('{"code":"idempotency_key_in_use"}'),
  'sends us elsewhere': (_call, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
  'asks another sum': (call, response) => {
    const { order_id } = JSON.parse(call.body || '{}') as { order_id?: string };
    const qr_payload = 'https://qr.nspk.ru/OTHER';
    response.writeHead(201).end(JSON.stringify({ payment_id: 'p', order_id, amount: 1, qr_payload }));
  },
};
