import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { API_KEY, WEBHOOK_SECRET, type CreatedPayment } from './companion.ts';
import type { RawRequest } from './raw-client.ts';

/** Returns a generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const STRANGE_TEXTS = [
  '', ' ', '\u0000', 'a\u0000b', '\ud800', '\udfff\ud800', '😀'.repeat(40), '\u202e\u200b', 'x'.repeat(3_000),
  '__proto__', 'constructor', 'hasOwnProperty', "'; DROP TABLE payments; --", '%00', '%ff', '../../etc/passwd',
  'javascript:alert(1)', 'http://[::1', 'https://user:pw@x', '2027-13-45T99:99:99Z', '9'.repeat(400), 'RUB', 'NaN',
]; // prettier-ignore
const STRANGE_NUMBERS = [
  '0', '-0', '-1', '1.5', '1e21', '1e308', '1e999', '-1e999', '9007199254740991', '9007199254740993', '0.1e1',
  '9'.repeat(300), '1e-400',
]; // prettier-ignore
const METHODS = [
  'GET',
  'POST',
  'POST',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
];
const CONTENT_TYPES = [
  'application/json', 'application/json', 'application/json; charset=utf-16', 'text/plain', 'application/xml', '',
  'application/json\u00e9', ';;;', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded',
  `${'a/'.repeat(400)}b`,
]; // prettier-ignore

/** Makes hostile requests. Each part is valid, strange or broken, independent of the other parts. */
export class FuzzRequests {
  readonly #random: () => number;
  readonly #payments: readonly CreatedPayment[];

  constructor(random: () => number, payments: readonly CreatedPayment[]) {
    this.#random = random;
    this.#payments = payments;
  }

  next(): RawRequest {
    const payment = this.#pick(this.#payments);
    const body = this.#body(payment);
    const path = this.#path(payment);
    const method = this.#chance(0.6) ? this.#fitting(path) : this.#pick(METHODS);
    const headers: [string, string][] = [
      ['host', 'localhost'],
      ['content-length', String(body.length)],
    ];
    if (body.length > 0)
      headers.push(['content-type', this.#chance(0.7) ? 'application/json' : this.#pick(CONTENT_TYPES)]);
    headers.push(...this.#credentials(path, payment), ...this.#oddHeaders(), ...this.#signature(path, body));
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return { head: `${method} ${path} HTTP/1.1\r\n${lines}\r\n`, body };
  }

  #path({ payment_id, qr_id }: CreatedPayment): string {
    const id = this.#chance(0.5) ? payment_id : this.#encoded();
    const api = '/api/sbp/v1';
    const path = this.#pick([
      `${api}/payments`, `${api}/payments`, `${api}/payments/${id}`, `${api}/payments/${id}/cancel`,
      `${api}/qrs/${this.#pick([qr_id, id])}/close`, `${api}/refunds`, `${api}/refunds/${id}`, `${api}/deliveries`,
      `${api}/deliveries/${id}/redeliver`, `${api}/test/webhook`, `${api}/banks`, '/webhooks/sandbox',
      '/webhooks/sandbox', `/webhooks/${id}`, '/checkout/v1/session', '/checkout/v1/session/events',
      '/checkout/v1/session/banks', '/checkout/v1/session/renew', '/checkout/v1/session/cancel',
      `/checkout/v1/banks/${id}/logo`, `/sandbox/bank/${this.#pick([qr_id, id])}`, `/sandbox/payments/${id}/pay`,
      `/sandbox/payments/${payment_id}/${id}`, '/pay', '/healthz', `/${id}`, `${api}/${'a/'.repeat(200)}`, `${api}/%`,
      `/checkout/v1/%e0%a4%a`, `//${id}`, `${api}/payments/${'x'.repeat(500)}`,
    ]); // prettier-ignore
    return this.#chance(0.6) ? path : `${path}?${this.#query()}`;
  }

  #query(): string {
    const names = [
      'order_id',
      'status',
      'cursor',
      'limit',
      'platform',
      'payment_id',
      'token',
      'done',
      '__proto__',
      '%',
    ];
    const value = () => (this.#chance(0.2) ? '%' : this.#encoded());
    return Array.from({ length: 1 + this.#below(3) }, () => `${this.#pick(names)}=${value()}`).join('&');
  }

  #fitting(path: string): string {
    return /\/(cancel|close|refunds|redeliver|webhook|renew|pay)$|^\/webhooks/.test(path)
      ? 'POST'
      : this.#pick(['GET', 'POST']);
  }

  #body({ payment_id }: CreatedPayment): Buffer {
    const valid: Record<string, unknown> = {
      order_id: 'FUZZ', amount: 1000, currency: 'RUB', description: 'x', expires_in: 600, return_url: 'https://shop.example',
      callback_url: 'http://127.0.0.1:9/', customer: { phone: '+79990001122' }, methods: ['sbp'], qr: { format: 'png', size: 64 },
      features: { deep_link: true }, metadata: { a: 1 }, payment_id, status: 'paid', event: 'payment.paid', reason: 'r',
    }; // prettier-ignore
    const kind = this.#random();
    if (kind < 0.1) return Buffer.alloc(0);
    if (kind < 0.2) return Buffer.from(Array.from({ length: this.#below(200) }, () => this.#below(256)));
    if (kind < 0.23) return Buffer.from(this.#nested());
    const mutations = this.#pick([0, 0.03, 0.25]);
    for (const key of Object.keys(valid)) {
      if (this.#chance(mutations)) valid[key] = this.#value(2);
      else if (this.#chance(mutations)) valid[key] = undefined; // left out of the JSON
    }
    let text = JSON.stringify(valid);
    if (this.#chance(0.2)) text = text.replace(/1000/, this.#pick(STRANGE_NUMBERS));
    if (this.#chance(0.1))
      text = text.replace('{', `{"${this.#pick(['__proto__', 'constructor'])}":{"prototype":{"x":1}},`);
    const bytes = Buffer.from(text);
    if (this.#chance(0.2)) bytes[this.#below(bytes.length)] = this.#below(256);
    if (this.#chance(0.05)) return bytes.subarray(0, this.#below(bytes.length));
    return this.#chance(0.03) ? Buffer.concat([Buffer.from('\ufeff'), bytes]) : bytes;
  }

  /** Nested deeply enough to overflow the stack of a recursive parser. */
  #nested(): string {
    const depth = this.#pick([10, 1_000, 20_000]);
    return this.#chance(0.5)
      ? `{"order_id":"N","amount":1000,"metadata":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
      : `${'['.repeat(depth)}${']'.repeat(depth)}`;
  }

  #value(depth: number): unknown {
    const kind = this.#below(depth > 0 ? 9 : 7);
    switch (kind) {
      case 0:
        return null;
      case 1:
        return this.#chance(0.5);
      case 2:
        return this.#random() * 10 ** this.#below(30) * (this.#chance(0.5) ? 1 : -1);
      case 7:
        return Array.from({ length: this.#below(4) }, () => this.#value(depth - 1));
      case 8:
        return Object.fromEntries([[this.#text(), this.#value(depth - 1)]]);
      default:
        return this.#text();
    }
  }

  #credentials(path: string, { token }: CreatedPayment): [string, string][] {
    if (this.#chance(0.15)) return [];
    const own = path.startsWith('/api/') ? API_KEY : token;
    const at = this.#below(own.length);
    const value = this.#pick([
      own, own, own, own, own.slice(0, at), own.slice(0, at) + 'A' + own.slice(at + 1), `${own}${own}`,
      token, this.#headerText(),
    ]); // prettier-ignore
    return [['authorization', this.#chance(0.9) ? `Bearer ${value}` : `${this.#headerText()} ${value}`]];
  }

  #oddHeaders(): [string, string][] {
    const names = [
      'idempotency-key', 'x-idempotency-key', 'idempotence-key', 'last-event-id', 'accept-language', 'user-agent', 'origin', 'accept',
      'sec-ch-ua-platform', 'sec-ch-ua-mobile', 'x-forwarded-for', 'if-none-match', 'range', 'x-request-id',
      'access-control-request-method',
    ]; // prettier-ignore
    return names
      .filter(() => this.#chance(0.12))
      .flatMap((name): [string, string][] => {
        const header: [string, string] = [
          name,
          this.#chance(0.4) ? `k${this.#below(1e6)}` : this.#headerText(),
        ];
        return this.#chance(0.1) ? [header, header] : [header];
      });
  }

  #signature(path: string, body: Buffer): [string, string][] {
    if (!path.startsWith('/webhooks')) return [];
    const deliveryId = this.#chance(0.7) ? `d${this.#below(1e6)}` : this.#headerText();
    const skew = this.#chance(0.8) ? 0 : this.#random() * 1e13;
    const time = String(Math.floor((Date.now() + skew) / 1000));
    const valid = signWebhook(
      { event: 'e', deliveryId, body: body.toString('latin1') },
      WEBHOOK_SECRET,
      Date.now(),
    );
    // Signs the actual bytes, so that many requests get past the signature check.
    const ascii = body.every((byte) => byte < 128);
    const signature = this.#pick([
      valid['x-sbp-signature'], valid['x-sbp-signature'], this.#headerText(), `t=${time},v1=${'0'.repeat(64)}`,
      `t=,v1=`, `v1=${'f'.repeat(this.#below(5000))}`, `t=${this.#pick(STRANGE_NUMBERS)},v1=ff`,
    ]); // prettier-ignore
    return [
      ['x-sbp-delivery', deliveryId],
      ['x-sbp-signature', ascii || this.#chance(0.5) ? signature : valid['x-sbp-signature']],
    ];
  }

  /** Replaces lone surrogates, which cannot be encoded in an address. */
  #encoded(): string {
    return encodeURIComponent(this.#text().replace(/[\ud800-\udfff]/g, '?'));
  }

  #text(): string {
    if (this.#chance(0.7)) return this.#pick(STRANGE_TEXTS);
    return String.fromCharCode(...Array.from({ length: this.#below(20) }, () => this.#below(0x10000)));
  }

  /** Characters that a header line may contain: latin-1 without control characters. */
  #headerText(): string {
    if (this.#chance(0.05)) return 'h'.repeat(this.#below(9_000));
    return String.fromCharCode(
      ...Array.from({ length: this.#below(60) }, () =>
        this.#chance(0.9) ? 0x20 + this.#below(0x5f) : 0xa0 + this.#below(0x60),
      ),
    );
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }
}
