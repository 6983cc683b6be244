import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Markup } from '../../src/companion/http/pages/html.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';
import { payerPage } from './payer-page.ts';

/** A payment in the books of the simulated payment system. */
export interface Bill {
  /** The payment system's id. */
  readonly id: string;
  /** The companion's id, by which scripts name the payment. */
  readonly reference: string;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  status: PaymentStatus;
  /** Kopecks refunded so far. */
  refunded: number;
  readonly returnUrl: string | null;
}

/** An action of a payer or a bank on a bill. */
export const DEEDS = ['process', 'pay', 'decline', 'expire'] as const;
export type Deed = (typeof DEEDS)[number];

/** A fault of the next calls. `drop-answer`: the call is carried out, but its response is lost. */
export type Fault = 'hang-up' | 'drop-answer' | 'page' | 'status-500' | 'status-429' | 'half-answer';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The status of the response. */
  status: number;
}

/** A webhook sent to the companion. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** A call is refused. Thrown by a simulator's routes, and sent in the form of its API. */
export class Refused extends Error {
  readonly status: number;
  readonly json: unknown;
  constructor(status: number, json: unknown) {
    super(JSON.stringify(json));
    this.name = 'Refused';
    this.status = status;
    this.json = json;
  }
}

/**
 * A simulated payment system. Checks every header, signature and field, keeps its books in memory and sends webhooks as
 * the real one is documented to. Its page under `/` shows every bill and what a payer can do with it.
 */
export abstract class Simulator {
  /** Calls to its API, in order. */
  readonly calls: Call[] = [];
  /** Webhooks it has sent. */
  readonly sent: Message[] = [];
  /** Bills by the companion's reference. */
  readonly bills = new Map<string, Bill>();
  /** A fault, and the number of next calls that it affects. */
  fault: { readonly kind: Fault; left: number } | null = null;
  /** Changes responses, value by value: an unknown status, another amount. */
  rewrite: ((key: string, value: unknown) => unknown) | null = null;
  /** Replaces the bodies of webhooks. The signature stays right. */
  nonsense: string | null = null;
  /** The address of its page for payers' devices, if it differs from the companion's. */
  origin: string | null = null;
  /** True if none of its webhooks arrive. */
  webhooksLost = false;
  readonly #server: Server;
  #url = '';

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Returns the environment variables with which a companion uses this payment system. */
  abstract env(): Record<string, string>;
  /** Handles one call to the API. Throws {@link Refused}. */
  protected abstract answer(call: Call): Promise<Answer> | Answer;
  /** Carries out an action in the books and reports it. The base class has checked that it is possible. */
  protected abstract report(bill: Bill): Promise<void>;

  /** Starts on `port`; 0 takes a free one. */
  async listen(port = 0, host = '127.0.0.1'): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, host, resolve);
    });
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.#url;
  }

  get url(): string {
    return this.#url;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Carries out an action of a payer or a bank. Resolves when the companion has responded to the webhook. */
  async act(reference: string, deed: Deed): Promise<void> {
    const bill = this.bills.get(reference);
    if (!bill) throw new Error(`no bill ${reference}`);
    const to = ({ process: 'processing', pay: 'paid', decline: 'failed', expire: 'expired' } as const)[deed];
    const open = bill.status === 'created' || bill.status === 'processing';
    if (!open && !(to === 'paid' && bill.status === 'expired')) return;
    bill.status = to;
    await this.report(bill);
  }

  /**
   * Refunds money like a person in the payment system's cabinet. Resolves when the companion has responded to the
   * webhook.
   */
  refundInCabinet(reference: string, amount: number): Promise<void> {
    return Promise.reject(
      new Error(`${reference} cannot be given ${amount} back: there are no refunds here`),
    );
  }

  /** Adds to the refunded amount. */
  protected giveBack(bill: Bill, amount: number): void {
    bill.refunded += amount;
    bill.status = bill.refunded === bill.amount ? 'refunded' : 'partial_refunded';
  }

  /** Sends a webhook. Returns the companion's status; `null` when it could not be reached. */
  async send(message: Message): Promise<number | null> {
    this.sent.push(message);
    if (this.webhooksLost) return null;
    try {
      const { url, headers, body } = message;
      const response = await fetch(url, { method: 'POST', headers, body });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return null; // not reachable: the real system would retry later, and a test can do so too
    }
  }

  /** Returns the body of a webhook, as it is signed. */
  protected text(payload: unknown): string {
    return this.nonsense ?? JSON.stringify(payload);
  }

  /** Returns the page on which a payer pays this bill, with the buttons of a bank's app. */
  payerPage(bill: Bill): string {
    return `${this.origin ?? this.#url}/payer/${encodeURIComponent(bill.reference)}`;
  }

  /** Returns the payer's tools besides bills. The page under `/` shows them above the bills. */
  payerTools(): Markup | null {
    return null;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '/';
    if (path === '/' || path.startsWith('/payer/')) {
      await payerPage(this, { method: request.method ?? 'GET', path, body }, response);
      return;
    }
    const call: Call = { method: request.method ?? 'GET', path, headers: request.headers, body, status: 0 };
    this.calls.push(call);
    const fault = this.#nextFault();
    if (fault === 'hang-up') return void response.destroy();
    const instead = fault && FAULT_ANSWERS[fault];
    if (instead) {
      call.status = instead.status;
      response.writeHead(instead.status, { 'content-type': 'text/html' }).end(instead.text);
      return;
    }
    const { status, json } = await this.#answer(call);
    call.status = status;
    if (fault === 'drop-answer') return void response.destroy();
    const { rewrite } = this;
    const text = rewrite
      ? JSON.stringify(json, (key, value: unknown) => rewrite(key, value))
      : JSON.stringify(json);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(fault === 'half-answer' ? text.slice(0, text.length / 2) : text);
  }

  async #answer(call: Call): Promise<Answer> {
    try {
      return await this.answer(call);
    } catch (error) {
      if (error instanceof Refused) return { status: error.status, json: error.json };
      throw error;
    }
  }

  #nextFault(): Fault | null {
    if (!this.fault || this.fault.left <= 0) return null;
    this.fault.left--;
    return this.fault.kind;
  }
}

const FAULT_ANSWERS: Partial<Record<Fault, { status: number; text: string }>> = {
  page: { status: 200, text: '<html><body>Технические работы</body></html>' },
  'status-500': { status: 500, text: '<html>500</html>' },
  'status-429': { status: 429, text: '{"message":"too many"}' },
};
