import type { Page, Request, Route } from 'playwright-core';

/** The parts of a phone's or tablet's screen that a page loads separately. */
export const PARTS = {
  payment: /\/checkout\/v1\/session$/,
  banks: /\/checkout\/v1\/session\/banks$/,
  list: /\/chunks\/bank-app-/,
  notice: /\/chunks\/open-in-browser-/,
} as const;

export type Part = keyof typeof PARTS;

/** Holds each part of a page back until the test lets it through, so that a page loads in any order. */
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

  /** Stops holding parts back. */
  async close(): Promise<void> {
    this.#page.off('requestfinished', this.#arrived);
    this.#page.off('requestfailed', this.#arrived);
    for (const part of Object.values(PARTS)) await this.#page.unroute(part);
  }

  /** Lets a part through. Resolves when it has arrived and the page is drawn. */
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

/** Waits five frames. After them a new part is drawn and has requested its own parts. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 5; frame++) {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
  });
}

/** Returns every order of the items. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/** Returns every rotation of the items, forwards and backwards: 2 × n orders instead of n!. */
export function turns<Item>(items: readonly Item[]): Item[][] {
  return items.flatMap((_, first) => {
    const turn = [...items.slice(first), ...items.slice(0, first)];
    return [turn, turn.toReversed()];
  });
}
