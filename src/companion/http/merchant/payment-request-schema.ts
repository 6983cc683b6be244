import * as v from 'valibot';
import { METHODS, type Method } from '../../../protocol/snapshot.ts';
import type { Config } from '../../config.ts';
import { AddressGuard } from '../../outbound/address-guard.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { customerSchema } from './customer-fields.ts';
import { MAX_QR_PIXELS, MIN_QR_PIXELS } from '../pages/qr-image.ts';
import { kopecks, text, words } from './request-fields.ts';

export const DEFAULT_LIFETIME_S = 15 * 60;
const MAX_LIFETIME_S = 90 * 24 * 3600;
const LIFETIME = `must be a whole number of seconds from 1 to ${MAX_LIFETIME_S} (90 days), without quotes`;
const TIME = 'must be an ISO 8601 time with its offset, e.g. 2027-01-31T23:59:00+03:00';
const MAX_METADATA_BYTES = 4096;

const webAddress = v.pipe(
  text(2048),
  v.check(
    (value) => isWebAddress(value, ['https:', 'http:']),
    'must be an http(s) address without credentials, such as https://shop.example/thanks',
  ),
  v.metadata({ format: 'uri' }),
);

const PIXELS = `must be a whole number of pixels from ${MIN_QR_PIXELS} to ${MAX_QR_PIXELS}, without quotes`;

const qrSchema = v.object({
  format: v.optional(v.picklist(['svg', 'png'], 'must be "svg" or "png"'), 'svg'),
  size: v.optional(
    v.pipe(
      v.number(PIXELS),
      v.integer(PIXELS),
      v.minValue(MIN_QR_PIXELS, PIXELS),
      v.maxValue(MAX_QR_PIXELS, PIXELS),
    ),
    256,
  ),
});

/** Not `v.record`: it drops keys such as `constructor`, and the merchant must get back every key. */
const metadata = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object, such as {"cart": "17"}',
  ),
  v.check(
    (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_METADATA_BYTES,
    `must be at most ${MAX_METADATA_BYTES} bytes of JSON`,
  ),
  v.metadata({
    type: 'object',
    additionalProperties: true,
    description: `At most ${MAX_METADATA_BYTES} bytes of JSON. Comes back in answers and webhooks.`,
  }),
);

/** The fields of a create that shape its response and not the payment. */
export const extrasSchema = v.object({
  qr: v.optional(qrSchema, {}),
  features: v.optional(
    v.object({ deep_link: v.optional(v.boolean('must be true or false, without quotes'), false) }),
    {},
  ),
  locale: v.exactOptional(
    v.pipe(
      v.picklist(['ru', 'en'], 'must be "ru" or "en"'),
      v.description('The language of `fallback_html`. Default: Russian with a line of English.'),
    ),
  ),
});

/** Returns the schema of an address that our webhooks may be sent to. */
export function callbackUrl(config: Config) {
  const guard = new AddressGuard({ development: config.development, allowedHosts: config.callbackHosts });
  return v.pipe(
    text(2048),
    v.check(
      (value) => guard.objection(value) === null,
      ({ input }) => guard.objection(input) ?? '',
    ),
    v.metadata({ format: 'uri' }),
  );
}

/** The configuration and time that a body is checked against. */
export interface Circumstances {
  readonly config: Config;
  readonly providers: Readonly<Record<ProviderName, Provider>>;
  /** Unix time, ms. */
  readonly now: number;
}

/** Returns the schema of the body of `POST /payments`. Unknown fields are ignored. Every mistake is reported at once. */
export function paymentRequestSchema({ config, providers, now }: Circumstances) {
  const fields = v.object({
    order_id: text(128),
    amount: kopecks,
    currency: v.optional(v.literal('RUB', 'must be "RUB"'), 'RUB'),
    description: v.nullish(words(500), null),
    expires_at: v.exactOptional(
      v.pipe(
        v.string(TIME),
        v.metadata({
          format: 'date-time',
          description: 'Instead of expires_in: a time in the future, within 90 days, with its offset.',
        }),
        v.check(isTime, TIME),
        v.check((value) => !(Date.parse(value) <= now), 'must be a time in the future'),
        v.check((value) => !(Date.parse(value) > now + MAX_LIFETIME_S * 1000), 'must be within 90 days'),
      ),
    ),
    expires_in: v.exactOptional(
      v.pipe(
        v.number(LIFETIME),
        v.integer(LIFETIME),
        v.minValue(1, LIFETIME),
        v.maxValue(MAX_LIFETIME_S, LIFETIME),
        v.description(`Seconds to pay; ${DEFAULT_LIFETIME_S} unless expires_at is given.`),
      ),
    ),
    renewable: v.pipe(
      v.optional(v.boolean('must be true or false'), true),
      v.description('Whether the payer may get a fresh code after expiry, for SBP_RENEW_HOURS.'),
    ),
    return_url: v.nullish(webAddress, null),
    callback_url: v.nullish(callbackUrl(config), null),
    customer: v.optional(customerSchema, {}),
    methods: v.optional(
      v.pipe(
        v.array(
          v.pipe(
            v.picklist(METHODS, `must be one of ${METHODS.join(', ')}`),
            v.check((method) => isOnOffer(method, config, providers), 'is not on offer here'),
          ),
          'must be a list, such as ["sbp"]',
        ),
        v.nonEmpty('must not be empty'),
        v.check((list) => new Set(list).size === list.length, 'must name each method once'),
      ),
      [METHODS.find((method) => isOnOffer(method, config, providers)) ?? 'sbp'],
    ),
    ...extrasSchema.entries,
    metadata: v.optional(metadata, {}),
  });
  return v.pipe(
    fields,
    v.forward(
      v.partialCheck(
        [['expires_at'], ['expires_in']],
        (input) => input.expires_at === undefined || input.expires_in === undefined,
        'must be left out when expires_at is given',
      ),
      ['expires_in'],
    ),
  );
}

function isOnOffer(method: Method, config: Config, providers: Circumstances['providers']): boolean {
  const provider = config.methods[method];
  return provider !== undefined && providers[provider].capabilities.methods.includes(method);
}

/** True for an ISO 8601 time with its offset. `Date.parse` also accepts "1", a date without a time zone, and November 31. */
function isTime(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.exec(value);
  if (!match || !Number.isFinite(Date.parse(value))) return false;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

function isWebAddress(value: string, schemes: readonly string[]): boolean {
  const url = URL.parse(value);
  return url !== null && schemes.includes(url.protocol) && url.username === '' && url.password === '';
}
