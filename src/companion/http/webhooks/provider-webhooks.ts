import * as v from 'valibot';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AddressRanges } from '../../outbound/ip-ranges.ts';
import type { Context } from '../../payments/context.ts';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import { bodyHash } from '../../lib/logging.ts';
import { receiveWebhook, isKnownDelivery } from '../../payments/reports/receive-webhook.ts';
import { confirmDelivery } from '../../payments/reports/webhook-trust.ts';
import { ProviderError, type ProviderDelivery } from '../../providers/provider.ts';
import { PROVIDER_NAMES, type ProviderName } from '../../env/provider-names.ts';
import { isConfigured } from '../../providers/unconfigured-provider.ts';
import type { CallLimits } from '../plumbing/call-limits.ts';
import { route } from '../plumbing/route.ts';
import { ProblemError } from '../plumbing/problems.ts';

/** Returns `/webhooks/{provider}`: signed reports of payment systems. Each is stored on disk before it is acknowledged. */
export function providerWebhooks(ctx: Context, limits: CallLimits) {
  const senders = new Map(
    Object.entries(ctx.config.webhookAddresses).map(([name, ranges]) => [name, new AddressRanges(ranges)]),
  );
  return (app: FastifyInstance): void => {
    // A signature covers the raw bytes, whatever the content type is.
    app.addHook('onRequest', (request, _reply, next) => {
      request.raw.headers['content-type'] = 'application/octet-stream';
      next();
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    route(app, {
      method: 'post',
      path: '/{provider}',
      summary: 'A provider’s signed report',
      security: 'none',
      responses: [{ status: 200, body: v.strictObject({ received: v.literal(true) }) }],
      refusals: [
        'signature_missing',
        'signature_malformed',
        'signature_mismatch',
        'timestamp_out_of_range',
        'body_malformed',
        'address_not_allowed',
        'unknown_provider',
        'body_too_large',
        'rate_limited',
        'store_not_writable',
        'not_confirmed',
      ],
      // Cabinets store the address as a person typed it: with a capital letter, or with a slash at its end.
      serving: { trailingSlash: true },
      handle: ({ request, reply, params }) => take(params.provider.toLowerCase(), request, reply),
    });

    async function take(provider: string, request: FastifyRequest, reply: FastifyReply) {
      if (!isLoaded(ctx, provider)) {
        ctx.sampledLog.warn(
          'webhook unknown_provider',
          {
            asked: /^[a-z-]{1,20}$/.test(provider) ? provider : 'no name',
            known: PROVIDER_NAMES.filter((name) => isLoaded(ctx, name)),
          },
          'webhook for a provider that is not set up here',
        );
        limits.countStranger(request);
        throw new ProblemError(
          'unknown_provider',
          'There is no provider of this name here, or it has no settings.',
        );
      }
      if (senders.get(provider)?.has(request.ip) === false) {
        ctx.metrics.webhookTaken(provider, 'address_not_allowed', null);
        ctx.sampledLog.warn(
          `webhook ${provider} address_not_allowed`,
          { provider },
          "webhook from an address that is not the provider's",
        );
        limits.countStranger(request);
        throw new ProblemError('address_not_allowed', 'Webhooks of this provider do not come from here.');
      }
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      let delivery: ProviderDelivery;
      try {
        delivery = ctx.providers[provider].parseWebhook({ headers: request.headers, body });
      } catch (error) {
        if (!(error instanceof WebhookVerificationError)) throw error;
        ctx.metrics.webhookTaken(provider, error.reason, null);
        ctx.sampledLog.warn(
          `webhook ${provider} ${error.reason}`,
          { provider, reason: error.reason, body_sha256: bodyHash(body) },
          'webhook refused',
        );
        // Count failed signatures only: a provider is not limited by what strangers send from its address.
        limits.countStranger(request);
        throw new ProblemError(error.reason, error.message);
      }
      // A webhook that must be confirmed costs a status request: confirm each delivery once.
      const hint = ctx.providers[provider].capabilities.webhookTrust === 'confirm-by-status';
      const outcome =
        hint && (await isKnownDelivery(ctx.store.read, provider, delivery.deliveryId))
          ? 'duplicate'
          : await receiveWebhook(ctx, { provider, delivery: await verified(ctx, provider, delivery), body });
      ctx.metrics.webhookTaken(provider, outcome, reply.elapsedTime);
      request.log.info(
        {
          provider,
          delivery_id: delivery.deliveryId,
          payment_id: delivery.reference,
          body_sha256: bodyHash(body),
          outcome,
        },
        'webhook taken',
      );
      return reply.code(200).send({ received: true });
    }
  };
}

/** Throws 503 `not_confirmed` when the webhook cannot be confirmed, so that the provider sends it again. */
async function verified(ctx: Context, provider: ProviderName, delivery: ProviderDelivery) {
  try {
    return await confirmDelivery(ctx, provider, delivery);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.metrics.webhookTaken(provider, 'not_confirmed', null);
    ctx.sampledLog.warn(
      `webhook ${provider} not_confirmed`,
      { provider, delivery_id: delivery.deliveryId, err: error },
      'webhook not confirmed',
    );
    throw new ProblemError('not_confirmed', 'The payment could not be asked about: send it again.');
  }
}

function isLoaded(ctx: Context, name: string): name is ProviderName {
  return PROVIDER_NAMES.includes(name as ProviderName) && isConfigured(ctx.providers[name as ProviderName]);
}
