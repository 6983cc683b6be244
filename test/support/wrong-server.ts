import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WrongAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * A server that is not a companion. It returns the same response to every call. Pages of any origin may read it unless
 * `isOpen` is false.
 */
export class WrongServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start({ status, type, body }: WrongAnswer, isOpen = true): Promise<WrongServer> {
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' };
    const server = createServer((request, response) => {
      const headers = isOpen ? cors : {};
      if (request.method === 'OPTIONS') response.writeHead(isOpen ? 204 : 405, headers).end();
      else response.writeHead(status, { ...headers, 'content-type': type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WrongServer(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
