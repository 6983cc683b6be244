import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reverse proxy that serves a companion under a path, like nginx' `location`. */
export class PathProxy {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  }

  /**
   * `strips`: removes the path before it passes on a request. Addresses outside of the path get 404, also for pages.
   */
  static async start(path: string, target: () => string, strips: boolean): Promise<PathProxy> {
    const server = createServer((incoming, answer) => {
      const url = incoming.url ?? '';
      if (!url.startsWith(path)) {
        answer.writeHead(404).end('outside of the path');
        return;
      }
      const { hostname, port } = new URL(target());
      const outgoing = request(
        {
          hostname,
          port,
          method: incoming.method,
          path: (strips ? url.slice(path.length) : url) || '/',
          headers: incoming.headers,
        },
        (response) => {
          answer.writeHead(response.statusCode!, response.headers);
          response.pipe(answer);
          answer.on('close', () => response.destroy());
        },
      );
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PathProxy(server, path);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
