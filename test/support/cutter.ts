import { connect, createServer, type AddressInfo, type Server } from 'node:net';

/** The header that makes a {@link Cutter} break the connection after this many bytes of the response. */
export const CUT_AFTER = 'x-cut-after';

/** A proxy that breaks each connection after the number of bytes that the client's request names. */
export class Cutter {
  /** The byte counts after which connections were cut. */
  readonly cuts = new Set<number>();
  /** Bytes of the shortest 200 response that passed whole. Others may hold heartbeats, which a slow machine adds. */
  shortestWhole = Infinity;
  url = '';
  readonly #server: Server;

  private constructor(target: number) {
    this.#server = createServer((client) => {
      const upstream = connect(target, '127.0.0.1');
      let passed = 0;
      let isOk = false;
      client.once('data', (head: Buffer) => {
        const limit = limitIn(head);
        upstream.write(head);
        client.pipe(upstream);
        upstream.on('data', (chunk: Buffer) => {
          if (passed === 0) isOk = chunk.toString('latin1', 0, 12) === 'HTTP/1.1 200';
          client.write(chunk.subarray(0, limit - passed));
          passed += chunk.length;
          if (passed < limit) return;
          this.cuts.add(limit);
          // Sends the bytes before the cut first.
          client.destroySoon();
          upstream.destroy();
        });
        upstream.on('end', () => {
          if (isOk) this.shortestWhole = Math.min(this.shortestWhole, passed);
          client.end();
        });
      });
      client.on('error', () => upstream.destroy());
      client.on('close', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
  }

  static async start(target: number): Promise<Cutter> {
    const cutter = new Cutter(target);
    await new Promise<void>((resolve) => cutter.#server.listen(0, '127.0.0.1', resolve));
    cutter.url = `http://127.0.0.1:${(cutter.#server.address() as AddressInfo).port}`;
    return cutter;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function limitIn(head: Buffer): number {
  const named = new RegExp(`${CUT_AFTER}: (\\d+)`, 'i').exec(head.toString('latin1'))?.[1];
  return Number(named ?? Infinity);
}
