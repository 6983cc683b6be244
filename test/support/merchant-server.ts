import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '../../src/webhooks/webhooks.ts';
import { WEBHOOK_SECRET } from './companion.ts';

export interface Received {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The distinct bodies under this delivery id. More than one means that two messages share an id. */
  readonly bodies: Set<string>;
  copies: number;
}

/** A merchant's webhook endpoint. Verifies each webhook and stores it by delivery id. */
export class MerchantServer {
  readonly received = new Map<string, Received>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const webhook = verifyWebhook({ body, headers: request.headers, secrets: WEBHOOK_SECRET });
        const known = this.received.get(webhook.deliveryId) ?? {
          event: webhook.event,
          payload: webhook.payload,
          bodies: new Set<string>(),
          copies: 0,
        };
        known.bodies.add(body.toString());
        known.copies++;
        this.received.set(webhook.deliveryId, known);
        response.writeHead(204).end();
      });
    });
  }

  /** `port`: the port of an earlier server. Defaults to a free port. */
  static async open(port = 0): Promise<MerchantServer> {
    const merchant = new MerchantServer();
    await new Promise<void>((resolve) => merchant.#server.listen(port, '127.0.0.1', resolve));
    return merchant;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
