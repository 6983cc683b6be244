import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { Pace } from './pace.ts';
import { PATIENCE_MS } from './patience.ts';

/** How a page loads the element: the markup, and the sources for its content security policy. */
export interface Loading {
  readonly markup: string;
  readonly scriptSources: string;
  /** The policies that `trusted-types` allows. Defaults to those of docs/element.md. */
  readonly trustedTypes?: string;
  /** The sources that `style-src` allows. Defaults to none. */
  readonly styleSources?: string;
  /** More headers of the page. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the shop's own script at this path; `null` if there is none. */
export type ShopScripts = (path: string) => string | Buffer | null;

function fromCompanion(companion: string): Loading {
  return {
    markup: `<script type="module" src="${companion}/sbp-checkout.js"></script>`,
    scriptSources: companion,
  };
}

/** The strictest content security policy that still allows the element. */
function csp(companion: string, { scriptSources, trustedTypes, styleSources }: Loading): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${scriptSources}`,
    `connect-src ${companion}`,
    `img-src ${companion}`,
    ...(styleSources ? [`style-src ${styleSources}`] : []),
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes ?? "lit-html 'allow-duplicates'"}`,
  ].join('; ');
}

/** A shop's page with its own origin, which contains only the element. */
export class ShopPage {
  readonly origin: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async open(
    load: (companion: string) => Loading = fromCompanion,
    scripts: ShopScripts = () => null,
  ): Promise<ShopPage> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://shop');
      const companion = url.searchParams.get('companion') ?? '';
      if (url.pathname !== '/checkout') {
        const script = scripts(url.pathname);
        response.writeHead(script === null ? 404 : 200, { 'content-type': 'text/javascript' }).end(script);
        return;
      }
      const loading = load(companion);
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': csp(companion, loading),
          ...loading.headers,
        })
        .end(
          `<!doctype html><html lang="ru"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Магазин</title>` +
            `${loading.markup}<sbp-checkout></sbp-checkout>`,
        );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ShopPage(server);
  }

  /** Opens the page and sets the element's token like a shop's script. */
  async show(
    page: Page,
    companion: string,
    token: string,
    attributes: Record<string, string> = {},
  ): Promise<void> {
    await this.visit(page, companion);
    await this.handToken(page, token, attributes);
  }

  /** Opens the page without a token. When this resolves, the element has loaded everything it needs. */
  async visit(page: Page, companion: string): Promise<void> {
    await page.goto(`${this.origin}/checkout?companion=${encodeURIComponent(companion)}`);
  }

  async handToken(page: Page, token: string, attributes: Record<string, string> = {}): Promise<void> {
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

/** Waits until the element shows this screen. */
export async function screenIs(page: Page, screen: string, timeout = PATIENCE_MS): Promise<void> {
  try {
    await page.waitForSelector(`sbp-checkout[screen="${screen}"]`, { timeout, state: 'attached' });
  } catch {
    const now = await page.evaluate(() => document.querySelector('sbp-checkout')?.getAttribute('screen'));
    throw new Error(`the screen is "${String(now)}" and not "${screen}" after ${timeout} ms`);
  }
}

/** Waits for a screen and checks that it appears within `ms`. The limit grows on a busy machine. */
export async function screenWithin(page: Page, screen: string, ms: number): Promise<void> {
  const pace = Pace.start();
  const since = performance.now();
  await screenIs(page, screen);
  const tookMs = Math.round(performance.now() - since);
  assert.ok(tookMs < pace.stretch(ms), `"${screen}" after ${tookMs} ms`);
}

/**
 * Waits until the element is fully loaded and drawn: all parts and the banks are loaded, and no box has moved for half
 * a second.
 */
export async function settled(page: Page): Promise<void> {
  const still = await page.evaluateHandle(() => ({ boxes: '', frames: 0, since: 0 }));
  await page.waitForFunction(
    (seen) => {
      const boxes: unknown[] = [innerWidth, innerHeight];
      let coming = document.fonts.status === 'loading';
      const look = (root: ParentNode): void => {
        for (const element of root.querySelectorAll('*')) {
          if (element.shadowRoot) look(element.shadowRoot);
          if (element.localName.includes('-') && !element.matches(':defined')) coming = true;
          if (element.localName === 'sbp-bank-picker' && !(element as { ready?: boolean }).ready)
            coming = true;
          const { x, y, width, height } = element.getBoundingClientRect();
          boxes.push(x, y, width, height);
        }
      };
      look(document);
      const now = boxes.join();
      if (coming || now !== seen.boxes)
        Object.assign(seen, { boxes: now, frames: 0, since: performance.now() });
      return ++seen.frames > 10 && performance.now() - seen.since > 500;
    },
    still,
    { polling: 'raf' },
  );
  await still.dispose();
}

/** Returns the text that the payer can read in the element, without its inner elements. */
export async function textOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const root = document.querySelector('sbp-checkout')?.shadowRoot;
    return [...(root?.children ?? [])].map((child) => (child as HTMLElement).innerText).join('\n');
  });
}

/** Collects errors that no page may cause: policy violations and script errors. */
export function troubleOf(page: Page): string[] {
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML|violates/i.test(message.text()))
      trouble.push(message.text());
  });
  return trouble;
}
