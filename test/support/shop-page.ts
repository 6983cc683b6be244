import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';

/** How a page gets the element: its markup, and what its policy's `script-src` has to list for it. */
export interface Loading {
  readonly markup: string;
  readonly scriptSources: string;
}

function fromCompanion(companion: string): Loading {
  return {
    markup: `<script type="module" src="${companion}/sbp-checkout.js"></script>`,
    scriptSources: companion,
  };
}

/** As strict as a page can be that still embeds the element. */
function csp(companion: string, scriptSources: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${scriptSources}`,
    `connect-src ${companion}`,
    `img-src ${companion}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ');
}

/** A shop's page on an origin of its own, with nothing but the element in it. */
export class ShopPage {
  readonly origin: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async open(load: (companion: string) => Loading = fromCompanion): Promise<ShopPage> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://shop');
      const companion = url.searchParams.get('companion') ?? '';
      if (url.pathname !== '/checkout') {
        response.writeHead(404).end();
        return;
      }
      const { markup, scriptSources } = load(companion);
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': csp(companion, scriptSources),
        })
        .end(
          `<!doctype html><html lang="ru"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Магазин</title>` +
            `${markup}<sbp-checkout></sbp-checkout>`,
        );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ShopPage(server);
  }

  /** Opens the page and hands the element its token the way a shop's script would. */
  async show(
    page: Page,
    companion: string,
    token: string,
    attributes: Record<string, string> = {},
  ): Promise<void> {
    await page.goto(`${this.origin}/checkout?companion=${encodeURIComponent(companion)}`);
    await page.evaluate(
      ([value, others]) => {
        const element = document.querySelector('sbp-checkout')!;
        for (const [name, text] of Object.entries(others)) element.setAttribute(name, text);
        element.setAttribute('token', value);
      },
      [token, attributes] as const,
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Waits until the element says it shows this screen. */
export async function screenIs(page: Page, screen: string, timeout = 15_000): Promise<void> {
  try {
    await page.waitForSelector(`sbp-checkout[screen="${screen}"]`, { timeout, state: 'attached' });
  } catch {
    const now = await page.evaluate(() => document.querySelector('sbp-checkout')?.getAttribute('screen'));
    throw new Error(`the screen is "${String(now)}" and not "${screen}" after ${timeout} ms`);
  }
}

/** What the payer can read in the element, its inner elements aside. */
export async function textOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const root = document.querySelector('sbp-checkout')?.shadowRoot;
    return [...(root?.children ?? [])].map((child) => (child as HTMLElement).innerText).join('\n');
  });
}

/** Collects what a page must never cause: policy violations and script errors. */
export function troubleOf(page: Page): string[] {
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML|violates/i.test(message.text()))
      trouble.push(message.text());
  });
  return trouble;
}
