import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A complete HTTP request with a body of known length, or none. */
export interface SeenRequest {
  readonly line: string;
  readonly headers: string;
  readonly body: string;
}

/**
 * A server that promises keep-alive and then resets each connection when its second request arrives, unread. A load
 * balancer that has forgotten a connection does the same. The client cannot notice before it writes the request.
 */
export class DyingConnections {
  /** Requests that were read and got a response. */
  readonly answered: SeenRequest[] = [];
  /** Requests lost on a reused connection. */
  lost = 0;
  /** The number of connections that finished their handshake. */
  opened = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #secure: boolean;

  constructor(answer: (request: SeenRequest) => object, tls?: TlsOptions) {
    const serve = (socket: Socket) => this.#serve(socket, answer);
    this.#secure = tls !== undefined;
    this.#server = tls ? createTlsServer(tls, serve) : createServer(serve);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, answer: (request: SeenRequest) => object): void {
    this.opened++;
    this.#sockets.add(socket);
    let served = false;
    let text = '';
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      if (served) {
        this.lost++;
        socket.resetAndDestroy();
        return;
      }
      text += chunk.toString();
      const request = wholeRequest(text);
      if (!request) return;
      served = true;
      this.answered.push(request);
      const body = JSON.stringify(answer(request));
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: keep-alive\r\nkeep-alive: timeout=60\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }
}

function wholeRequest(text: string): SeenRequest | null {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  if (rest.length === 0) return null;
  const body = rest.join('\r\n\r\n');
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (Buffer.byteLength(body) < length) return null;
  const [line = '', ...headers] = head.split('\r\n');
  return { line, headers: headers.join('\n'), body };
}
