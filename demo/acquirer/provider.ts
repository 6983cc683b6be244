/** A complete made-up acquirer: the worked example of docs/providers.md. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { WebhookVerificationError } from '../../src/webhooks/webhooks.ts';
import type { OutboundClient } from '../../src/companion/outbound/client.ts';
import {
  NoUsableResponse,
  ProviderHttp,
  type HttpResponse,
} from '../../src/companion/providers/provider-http.ts';
import { ProviderError, type PaymentRef, type Provider } from '../../src/companion/providers/provider.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';

export interface AcmeSettings {
  readonly baseUrl: string;
  readonly key: string;
  readonly webhookUrl: string;
}

/** The acquirer's bill states. A state that is not listed changes nothing and is logged. */
const STATUSES: Readonly<Record<string, PaymentStatus>> = {
  new: 'created',
  in_bank: 'processing',
  paid: 'paid',
  declined: 'failed',
  too_late: 'expired',
  closed: 'canceled',
};

const billSchema = v.object({
  bill: v.string(),
  state: v.string(),
  kopecks: v.pipe(v.number(), v.safeInteger()),
  link: v.pipe(v.string(), v.regex(/^https?:\/\/[\x21-\x7e]+$/)),
});
const refundState = v.picklist(['under_way', 'done', 'refused']);
const refundSchema = v.object({ state: refundState });
const ownRefundSchema = v.object({ state: refundState, kopecks: v.pipe(v.number(), v.safeInteger()) });
const REFUND_STATUSES = { under_way: 'pending', done: 'succeeded', refused: 'failed' } as const;

const messageSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ bill: v.string(), refund: v.optional(v.string()) }),
);

export function createAcmeProvider(settings: AcmeSettings, outbound: OutboundClient): Provider {
  const http = new ProviderHttp({ baseUrl: settings.baseUrl, outbound });

  function call<Schema extends v.GenericSchema>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    body?: object,
  ): Promise<v.InferOutput<Schema>> {
    const headers = { 'x-acme-key': settings.key };
    // Every call may be repeated: the numbers of bills and refunds are ours.
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return http.call({ method, path, headers, repeatable: true, ...text }, (answer) => read(answer, schema));
  }

  async function report({ reference }: PaymentRef) {
    const { state, kopecks } = await call('GET', `/bills/${reference}`, billSchema);
    return { reference, status: STATUSES[state] ?? null, amount: kopecks, currency: 'RUB' };
  }

  return {
    capabilities: {
      methods: ['sbp'],
      cancel: true,
      lifetime: 'own',
      refund: 'partial',
      push: false,
      charge: false,
      // Signed, but without a time: an old message could be sent again.
      webhookTrust: 'confirm-by-status',
    },

    async create({ reference, amount, returnUrl, hostedPage }) {
      const { link } = await call('POST', '/bills', billSchema, {
        bill: reference,
        kopecks: amount,
        back_url: returnUrl ?? hostedPage,
        report_url: settings.webhookUrl,
      });
      return {
        providerPaymentId: reference,
        qrId: null,
        presentation: { kind: 'link', url: link, deep_link: null },
        expiresAt: null,
      };
    },

    status: report,

    async cancel(payment) {
      await call('POST', `/bills/${payment.reference}/close`, billSchema, {});
      return report(payment);
    },

    async refund({ payment, refundId, amount }) {
      const path = `/bills/${payment.reference}/refunds`;
      const { state } = await call('POST', path, refundSchema, { refund: refundId, kopecks: amount });
      return { status: REFUND_STATUSES[state] };
    },

    /** The response settles our own refunds. A refund that only a webhook names was made in the cabinet. */
    async findRefund({ reference }, name) {
      const path = `/bills/${reference}/refunds/${encodeURIComponent(name)}`;
      const { state, kopecks } = await call('GET', path, ownRefundSchema);
      return {
        refundId: null,
        providerRefundId: name,
        amount: kopecks,
        status: REFUND_STATUSES[state],
      };
    },

    parseWebhook({ headers, body }) {
      const given = String(headers['x-acme-signature'] ?? '');
      const ours = createHmac('sha256', settings.key).update(body).digest();
      // Check the text first: decoding silently drops what is not hexadecimal.
      if (!/^[0-9a-f]{64}$/.test(given) || !timingSafeEqual(Buffer.from(given, 'hex'), ours)) {
        throw new WebhookVerificationError('signature_mismatch', 'X-Acme-Signature does not match the body');
      }
      const { bill, refund } = newsIn(body);
      // The content is not trusted: the companion reads the payment's status.
      return {
        deliveryId: createHash('sha256').update(body).digest('base64url'),
        event: 'bill',
        reference: bill,
        status: null,
        amount: null,
        currency: null,
        refund: refund === null ? null : { refundId: null, providerRefundId: refund, status: 'pending' },
      };
    },
  };
}

/** `''` for a message without a number, perhaps of a newer version: it is neither applied nor refused. */
function newsIn(body: Buffer): { bill: string; refund: string | null } {
  const parsed = v.safeParse(messageSchema, body.toString('utf8'));
  if (!parsed.success) return { bill: '', refund: null };
  return { bill: parsed.output.bill, refund: parsed.output.refund ?? null };
}

function read<Schema extends v.GenericSchema>(
  { status, json }: HttpResponse,
  schema: Schema,
): v.InferOutput<Schema> {
  if (status >= 400) throw new ProviderError('refused', `the acquirer refused: ${status}`);
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  throw new NoUsableResponse('the response cannot be read', true);
}
