/**
 * The demo shop's server, an example of a merchant's code for SBP payments. It prices the order, creates a payment at the companion
 * with the secret key, gives the browser the payment's token, and trusts only signed webhooks.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { verifyWebhook, WebhookVerificationError } from '../src/webhooks/webhooks.ts';
import type { About, OrderAnswer } from './shop/order.ts';
import { HttpError, readBody, readJson, sendJson } from './shop/server/http.ts';
import { continuePayment, endSpare, payOrder } from './shop/server/order-payment.ts';
import type { KeptOrder } from './shop/server/order-tables.ts';
import { createOrders, publicOrder } from './shop/server/orders.ts';
import type { PaymentRequest } from './shop/server/payments.ts';
import { describe, priceItems } from './shop/server/pricing.ts';
import { createSettlement } from './shop/server/settlement.ts';
import { readReport } from './shop/server/webhook-reports.ts';

export interface ShopOptions {
  /** The companion's address for this server, e.g. `http://127.0.0.1:8787`. */
  readonly companionUrl: string;
  /** The companion's address for buyers' browsers. */
  readonly publicCompanionUrl: string;
  /** URL of the checkout's script. Defaults to the companion's build. */
  readonly scriptUrl?: string;
  readonly apiKey: string;
  /** Several during a rotation. */
  readonly webhookSecret: string | readonly string[];
  /** This shop's address for the companion and the payer's bank. */
  readonly shopUrl: string;
  /** This shop's address for a phone on the same network; `null` without a network. */
  readonly lanUrl: string | null;
  /** The methods on offer. Defaults to the companion's first one. */
  readonly methods?: readonly string[];
  /** The file of the orders; `:memory:` keeps them only in the process. */
  readonly databaseFile: string;
  readonly log: ShopLog;
}

export interface ShopLog {
  info(message: string): void;
  /** Logs events that a person should know about, such as an order that was paid twice. */
  warn(message: string): void;
}

export interface Shop {
  /** Serves the shop's own routes. Returns `false` for other requests, which stay untouched. Never rejects. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  close(): Promise<void>;
}

const MAX_ORDER_BYTES = 16 * 1024;
const MAX_WEBHOOK_BYTES = 1024 * 1024;

type Route = (request: IncomingMessage, response: ServerResponse, orderId: string) => Promise<void> | void;

export function createShop(options: ShopOptions): Shop {
  const { publicCompanionUrl, webhookSecret, shopUrl, lanUrl, log } = options;
  // A demo has only test payments. A real shop must not ship anything for one.
  const orders = createOrders({ databaseFile: options.databaseFile, acceptTestPayments: true });
  const payment = {
    orders,
    fallbacks: new Map<string, string>(),
    companion: { companionUrl: options.companionUrl, apiKey: options.apiKey },
    requestFor: (order: KeptOrder): PaymentRequest => ({
      order_id: order.id,
      amount: order.amount,
      description: describe(order.lines),
      return_url: `${shopUrl}/?order=${order.id}`,
      callback_url: `${shopUrl}/webhooks/sbp`,
      // A real shop sends its buyer's data.
      customer: { ip: '203.0.113.7', phone: '+79990001122', email: 'buyer@example.ru' },
      ...(options.methods && { methods: options.methods }),
    }),
  };
  const settlement = createSettlement({
    ...payment,
    endSpare: (spare) => endSpare(payment, spare),
    warn: (message) => log.warn(message),
  });
  // Continue work that a crash has interrupted.
  settlement.wake();

  /** Returns the order, with the token of its open payment. */
  function answerFor({ id }: KeptOrder): OrderAnswer {
    const payments = orders.paymentsOf(id);
    const order = publicOrder(orders.find(id)!, payments);
    const open = payments.find(({ stage }) => stage !== 'over');
    const token = order.status === 'waiting' ? (open?.token ?? null) : null;
    const fallbackHtml = token === null ? null : (payment.fallbacks.get(token) ?? null);
    return { order, token, fallbackHtml, endpoint: publicCompanionUrl };
  }

  function found(orderId: string): KeptOrder {
    const order = orders.find(orderId);
    if (!order) throw new HttpError(404, 'Заказ не найден');
    return order;
  }

  const routes: Record<string, Route> = {
    'GET /api/about': (_request, response) => {
      const script = options.scriptUrl ?? `${publicCompanionUrl}/sbp-checkout.js`;
      sendJson(response, 200, { lanUrl, script } satisfies About);
    },
    'POST /api/orders': async (request, response) => {
      const lines = priceItems((await readJson(request, MAX_ORDER_BYTES))['items']);
      if (!lines) throw new HttpError(422, 'Такой заказ оформить нельзя');
      const order = orders.add(lines);
      await payOrder(payment, order);
      sendJson(response, 201, answerFor(order));
    },
    'GET /api/orders/:id': async (_request, response, orderId) => {
      const order = found(orderId);
      await continuePayment(payment, order);
      sendJson(response, 200, answerFor(order));
    },
    'POST /api/orders/:id/retry': async (_request, response, orderId) => {
      const order = found(orderId);
      await payOrder(payment, order);
      sendJson(response, 200, answerFor(order));
    },
    'POST /webhooks/sbp': async (request, response) => {
      const body = await readBody(request, MAX_WEBHOOK_BYTES);
      const { payload } = verifyWebhook({
        body,
        headers: request.headers,
        secrets: webhookSecret,
      });
      const report = readReport(payload);
      // Write to disk before the 200: after a crash the webhook is sent again.
      const outcome = report ? orders.apply(report) : 'ignored';
      if (report?.kind === 'refund' && !report.succeeded && outcome === 'applied')
        log.warn(
          `payment ${report.paymentId} of order ${report.orderId} must be refunded by hand: the refund failed`,
        );
      log.info(`webhook ${String(payload['event'])} for order ${String(payload['order_id'])}: ${outcome}`);
      settlement.wake();
      sendJson(response, 200, { outcome });
    },
  };

  return {
    async handler(request, response) {
      const { pattern, orderId } = matchPath(request.url ?? '');
      const route = routes[`${request.method ?? ''} ${pattern}`];
      if (!route) return false;
      try {
        await route(request, response, orderId);
      } catch (error) {
        const { status, message } = refusalFor(error);
        if (status >= 500) log.warn(error instanceof Error ? error.message : String(error));
        if (response.headersSent) response.destroy();
        else sendJson(response.setHeader('connection', 'close'), status, { message });
      }
      return true;
    },
    async close() {
      await settlement.close();
      orders.close();
    },
  };
}

/** Turns `/api/orders/R-1/retry?x` into the pattern `/api/orders/:id/retry` and the order id `R-1`. */
function matchPath(url: string): { pattern: string; orderId: string } {
  const path = url.replace(/[?#].*$/s, '');
  const order = /^\/api\/orders\/([\w-]{1,64})(\/retry)?$/.exec(path);
  return order
    ? { pattern: `/api/orders/:id${order[2] ?? ''}`, orderId: order[1]! }
    : { pattern: path, orderId: '' };
}

function refusalFor(error: unknown): { status: number; message: string } {
  if (error instanceof HttpError) return error;
  if (error instanceof WebhookVerificationError) return { status: 401, message: error.message };
  return { status: 502, message: 'Не получилось начать оплату. Попробуйте ещё раз.' };
}
