import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createShop, type Shop } from '../../demo/shop-server.ts';
import type { OrderAnswer } from '../../demo/shop/order.ts';
import { API_KEY, WEBHOOK_SECRET } from './secrets.ts';

/** An order of one oolong. */
const TEA = [{ sku: 'oolong', quantity: 1 }];

/** The demo shop's server as in `npm run demo`, with a companion. */
export class DemoShop {
  readonly url: string;
  /** Warnings in the shop's log, for a person. */
  readonly warnings: string[] = [];
  readonly #server: Server;
  #shop: Shop;
  readonly #open: () => Shop;

  private constructor(server: Server, companionUrl: string, databaseFile: string) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#open = () =>
      createShop({
        companionUrl,
        publicCompanionUrl: companionUrl,
        apiKey: API_KEY,
        webhookSecret: WEBHOOK_SECRET,
        shopUrl: this.url,
        lanUrl: null,
        databaseFile,
        log: { info: () => undefined, warn: (message) => void this.warnings.push(message) },
      });
    this.#shop = this.#open();
    server.on('request', (request, response) => {
      void this.#shop.handler(request, response).then((taken) => taken || response.writeHead(404).end());
    });
  }

  static async open(companionUrl: string, databaseFile = ':memory:'): Promise<DemoShop> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DemoShop(server, companionUrl, databaseFile);
  }

  /** Restarts the shop on the same database, as after a crash. */
  async restart(): Promise<void> {
    await this.#shop.close();
    this.#shop = this.#open();
  }

  async buy(): Promise<OrderAnswer> {
    return this.#call('/api/orders', { method: 'POST', body: JSON.stringify({ items: TEA }) });
  }

  order(id: string): Promise<OrderAnswer> {
    return this.#call(`/api/orders/${id}`);
  }

  payAnew(id: string): Promise<OrderAnswer> {
    return this.#call(`/api/orders/${id}/retry`, { method: 'POST' });
  }

  async #call(path: string, init?: RequestInit): Promise<OrderAnswer> {
    const response = await fetch(this.url + path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as OrderAnswer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#shop.close();
  }
}
