import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import type { LoggedRequest, Reply, Script } from './fake-companion-server.ts';
import { sse } from './snapshots.ts';
import { PATIENCE_MS } from './patience.ts';

export const ENDPOINT = `${location.origin}/fake`;

let count = 0;

/** A payment at the fake companion, for tests in the browser. */
export class FakePayment {
  readonly token = `pay_${Date.now()}_${Math.random().toString(36).slice(2)}_${count++}`;

  static async create(first: Snapshot, script: Partial<Script> = {}): Promise<FakePayment> {
    const payment = new FakePayment();
    sessionStorage.clear(); // most payments here have the same id, under which a visit to a bank is stored
    await payment.script(first, script);
    return payment;
  }

  async script(first: Snapshot, script: Partial<Script> = {}): Promise<void> {
    await this.#tell('control', {
      session: [json(first)],
      events: [{ body: ': open\n\n' }],
      banks: [{ status: 503 }],
      ...script,
    });
  }

  /** Sends to every open stream. */
  async send(what: Snapshot | string): Promise<void> {
    await this.#tell('send', typeof what === 'string' ? what : sse(what));
  }

  async cut(): Promise<void> {
    await this.#tell('cut', '');
  }

  async log(): Promise<LoggedRequest[]> {
    const response = await fetch(`${ENDPOINT}/log/${this.token}`);
    return (await response.json()) as LoggedRequest[];
  }

  async #tell(verb: string, body: unknown): Promise<void> {
    await fetch(`${ENDPOINT}/${verb}/${this.token}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
}

export function json(value: unknown): Reply {
  return { body: JSON.stringify(value) };
}

/** Returns a refusal in the companion's form. */
export function problem({ status, code }: { readonly status: number; readonly code: string }): Reply {
  const headers = { 'content-type': 'application/problem+json' };
  return { status, headers, body: JSON.stringify({ code }) };
}

const EVENTS = [
  ...['ready', 'status', 'paid', 'failed', 'expired', 'canceled'],
  ...['bank-open', 'connection', 'error', 'step'],
].map((name) => `sbp-${name}`);

/** Returns a list of the element's events, in the order in which a page gets them. */
export function record(target: EventTarget): CustomEvent[] {
  const heard: CustomEvent[] = [];
  for (const name of EVENTS) target.addEventListener(name, (event) => heard.push(event as CustomEvent));
  return heard;
}

export function names(heard: readonly Event[]): string[] {
  return heard.map(({ type }) => type);
}

/** Waits until the payer sees the screen. */
export async function seen(checkout: SbpCheckout, screen: string, withinMs = PATIENCE_MS): Promise<void> {
  const until = performance.now() + withinMs;
  while (checkout.getAttribute('screen') !== screen) {
    if (performance.now() > until) {
      throw new Error(`"${screen}" did not come; the payer sees "${checkout.getAttribute('screen') ?? ''}"`);
    }
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
