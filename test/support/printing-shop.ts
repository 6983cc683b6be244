import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../../docs/element.md');

/** Reads the style sheet for the fallback in docs/element.md. */
function documentedCss(): string {
  const [, section] = readFileSync(DOCS, 'utf8').split('## Before the script has run, and without it');
  return /```css\n([^]*?)```/.exec(section!)![1]!;
}

/**
 * A shop whose server prints the fallback inside the element, under a strict content security policy, with text below.
 */
export class PrintingShop {
  readonly origin: string;
  /** The element's content on the next page, and the origin of its script. */
  page = { companion: '', token: '', fallback: '', lang: 'ru' };
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      if (request.url === '/shop.css') {
        response
          .setHeader('content-type', 'text/css')
          .end(
            `body { margin: 0; font: 15px/1.4 serif; color: #222; } footer { padding: 16px; }\n${documentedCss()}`,
          );
        return;
      }
      const { companion, token, fallback, lang } = this.page;
      response
        .writeHead(request.url === '/' ? 200 : 404, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy':
            `default-src 'none'; script-src ${companion}; connect-src ${companion}; img-src ${companion}; style-src 'self'; ` +
            "require-trusted-types-for 'script'; trusted-types 'none'",
        })
        .end(
          `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>` +
            `<link rel="stylesheet" href="shop.css"><script type="module" src="${companion}/sbp-checkout.js"></script>` +
            `<h1>Заказ</h1><sbp-checkout token="${token}">${fallback}</sbp-checkout><footer>Магазин</footer>`,
        );
    });
  }

  static async open(): Promise<PrintingShop> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PrintingShop(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
