import type { Page, Request, Route } from 'playwright-core';

/** What the screen of a phone or a tablet is made of, each asked for by itself. */
export const PARTS = {
  payment: /\/checkout\/v1\/session$/,
  banks: /\/checkout\/v1\/session\/banks$/,
  list: /\/chunks\/bank-app-/,
  notice: /\/chunks\/open-in-browser-/,
} as const;

export type Part = keyof typeof PARTS;

/** Holds every part of a page back until it is let through: the page then loads in whatever order a test wants. */
export class LoadingOrder {
  readonly #page: Page;
  readonly #let = new Set<Part>();
  readonly #held = new Map<Part, Route[]>();
  readonly #under = new Set<Request>();
  readonly #arrived = (request: Request) => this.#under.delete(request);

  private constructor(page: Page) {
    this.#page = page;
  }

  static async of(page: Page): Promise<LoadingOrder> {
    const order = new LoadingOrder(page);
    for (const part of Object.keys(PARTS) as Part[]) {
      await page.route(PARTS[part], (route) => order.#take(part, route));
    }
    page.on('requestfinished', order.#arrived);
    page.on('requestfailed', order.#arrived);
    return order;
  }

  /** Lets the page load as it likes again. */
  async close(): Promise<void> {
    this.#page.off('requestfinished', this.#arrived);
    this.#page.off('requestfailed', this.#arrived);
    for (const part of Object.values(PARTS)) await this.#page.unroute(part);
  }

  /** Resolves when what was held of it has arrived, and the page has drawn it. */
  async letThrough(part: Part): Promise<void> {
    this.#let.add(part);
    const routes = this.#held.get(part) ?? [];
    this.#held.delete(part);
    await Promise.all(routes.map((route) => this.#continue(route)));
    while (this.#under.size > 0) await this.#page.waitForTimeout(10);
    await drawn(this.#page);
  }

  async #take(part: Part, route: Route): Promise<void> {
    if (this.#let.has(part)) await this.#continue(route);
    else this.#held.set(part, [...(this.#held.get(part) ?? []), route]);
  }

  async #continue(route: Route): Promise<void> {
    this.#under.add(route.request());
    await route.continue();
  }
}

/** Five pictures later: what a part brings is drawn by then, and what it asks for in turn is asked for. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 5; frame++) {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
  });
}

/** Every order of them. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/** Every turn of them, forwards and backwards: 2 × n orders in place of n!. */
export function turns<Item>(items: readonly Item[]): Item[][] {
  return items.flatMap((_, first) => {
    const turn = [...items.slice(first), ...items.slice(0, first)];
    return [turn, turn.toReversed()];
  });
}
