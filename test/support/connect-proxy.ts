import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An outbound proxy as companies use it: tunnels by CONNECT, resolves names itself, may require a password. */
export class ConnectProxy {
  /** `host:port` of each requested tunnel. */
  readonly tunnels: string[] = [];
  /** Requests other than CONNECT. */
  others = 0;
  /** The required `user:password`; `null` for none. */
  password: string | null = null;
  /** The status with which every CONNECT is refused; `null` for none. */
  refuses: number | null = null;
  readonly #hosts: Readonly<Record<string, number>>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** `hosts`: the port on this machine for each `host:port`. */
  private constructor(hosts: Readonly<Record<string, number>>) {
    this.#hosts = hosts;
    this.#server = createServer((_request, response) => {
      this.others++;
      response.writeHead(405).end();
    });
    this.#server.on('connect', (request: IncomingMessage, socket: Socket) => this.#open(request, socket));
  }

  static async start(hosts: Readonly<Record<string, number>>): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(hosts);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #open(request: IncomingMessage, socket: Socket): void {
    const target = request.url ?? '';
    this.tunnels.push(target);
    this.#keep(socket);
    const given = request.headers['proxy-authorization'];
    const expected = this.password === null ? given : `Basic ${btoa(this.password)}`;
    const port = this.#hosts[target];
    const refusal = this.refuses ?? (given === expected ? (port === undefined ? 502 : null) : 407);
    if (refusal !== null || port === undefined) {
      socket.end(`HTTP/1.1 ${refusal ?? 502} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const inside = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      inside.pipe(socket).pipe(inside);
    });
    this.#keep(inside);
    inside.on('close', () => socket.destroy());
    socket.on('close', () => inside.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
  }
}
