import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createGzip, constants } from 'node:zlib';

/** Changes how a proxy passes on the response of a status stream. The proxy passes on all other responses unchanged. */
export type Hold = (upstream: IncomingMessage, answer: ServerResponse) => void;

/** Ways in which proxies, antivirus programs, compression and caches treat an unknown stream. */
export const HOLDS = {
  /** Like nginx' `proxy_buffering` without our `X-Accel-Buffering`: sends nothing before the upstream has ended. */
  'the headers and the body until the end': (upstream, answer) => {
    void wholeBody(upstream).then((body) => answer.writeHead(200, headersOf(upstream)).end(body));
  },
  'the headers for 12 s': (upstream, answer) => {
    setTimeout(() => {
      if (answer.destroyed) return;
      answer.writeHead(200, headersOf(upstream));
      upstream.pipe(answer);
    }, 12_000);
  },
  'the body until the end': (upstream, answer) => {
    answer.writeHead(200, headersOf(upstream)).flushHeaders();
    void wholeBody(upstream).then((body) => answer.end(body));
  },
  'all but the first event': (upstream, answer) => {
    answer.writeHead(200, headersOf(upstream));
    let passed = false;
    upstream.on('data', (chunk) => {
      if (!passed) answer.write(chunk);
      passed = true;
    });
  },
  'all but the heartbeats': (upstream, answer) => {
    answer.writeHead(200, headersOf(upstream)).write(': open\n\n');
    upstream.setEncoding('utf8').on('data', (chunk: string) => {
      if (chunk.startsWith(':')) answer.write(chunk);
    });
  },
  /** A compressor that never flushes. Its first bytes contain no text. */
  'what its compression has not filled a block with': (upstream, answer) => {
    answer.writeHead(200, { ...headersOf(upstream), 'content-encoding': 'gzip' }).flushHeaders();
    upstream.pipe(createGzip()).pipe(answer);
  },
  'nothing, compressed and flushed': (upstream, answer) => {
    answer.writeHead(200, { ...headersOf(upstream), 'content-encoding': 'gzip' });
    upstream.pipe(createGzip({ flush: constants.Z_SYNC_FLUSH })).pipe(answer);
  },
  'nothing, in HTTP/1.0': (upstream, answer) => {
    const socket = answer.socket!;
    socket.write(`HTTP/1.0 200 OK\r\n${headerLines(upstream)}connection: close\r\n\r\n`);
    upstream.pipe(socket);
  },
  'the body until the end, in HTTP/1.0': (upstream, answer) => {
    const socket = answer.socket!;
    socket.write(`HTTP/1.0 200 OK\r\n${headerLines(upstream)}connection: close\r\n\r\n`);
    void wholeBody(upstream).then((body) => socket.end(body));
  },
} satisfies Record<string, Hold>;

/** A reverse proxy in front of a companion. */
export class HoldingProxy {
  /** The numbers of opened streams and of polls. */
  streams = 0;
  questions = 0;
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(target: string, hold: Hold): Promise<HoldingProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer((incoming, answer) => {
      const { method = '', url: path = '', headers } = incoming;
      const isStream = path.endsWith('/session/events') && method === 'GET';
      if (isStream) proxy.streams++;
      if (path.endsWith('/session') && method === 'GET') proxy.questions++;
      const outgoing = request({ hostname, port, method, path, headers }, (upstream) => {
        answer.on('close', () => upstream.destroy());
        upstream.on('error', () => answer.destroy());
        if (isStream && upstream.statusCode === 200) {
          hold(upstream, answer);
        } else {
          answer.writeHead(upstream.statusCode!, upstream.headers);
          upstream.pipe(answer);
        }
      });
      answer.on('error', () => outgoing.destroy()).on('close', () => outgoing.destroy());
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new HoldingProxy(server);
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const OF_ONE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding'];

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const others = Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.includes(name));
  return Object.fromEntries(others) as Record<string, string>;
}

function headerLines(upstream: IncomingMessage): string {
  return Object.entries(headersOf(upstream))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** Never resolves if the upstream or the client closes first; the result is not needed then. */
function wholeBody(upstream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  upstream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => void upstream.on('end', () => resolve(Buffer.concat(chunks))));
}
