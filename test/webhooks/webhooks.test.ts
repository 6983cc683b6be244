import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../support/companion.ts';
import { pipeline } from '../support/raw-client.ts';

/** The companion's clock stands still, so that a difference of one second shows. */
const NOW_S = 1_767_225_600;
const TOLERANCE_S = 300;
const RUNS = 200;

const REPORT = { event: 'payment.paid', payment_id: 'pay_nobody', status: 'paid', note: 'ёж' };
const BODY = Buffer.from(JSON.stringify(REPORT));

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion({}, { now: () => NOW_S * 1000 });
});
after(async () => {
  assert.equal((await fetch(`${shop.url}/healthz`)).status, 200, 'it lives');
  await shop.stop();
});

type Headers = readonly (readonly [name: string, value: string])[];

/** Sends over a raw socket, because HTTP clients refuse most of these headers. Values are bytes as latin1. */
async function send(body: Buffer, headers: Headers): Promise<number> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head =
    `POST /webhooks/sandbox HTTP/1.1\r\nHost: pay\r\nContent-Length: ${body.length}\r\n` +
    `X-SBP-Delivery: d\r\n${lines}\r\n`;
  const [answer] = await pipeline(Number(new URL(shop.url).port), [{ head, body }]);
  return answer?.status ?? 0;
}

/** Returns a correctly signed header for this time, which may be invalid. */
function signature(time: string | number, body = BODY): string {
  const mac = createHmac('sha256', WEBHOOK_SECRET).update(`${time}.`, 'latin1').update(body).digest('hex');
  return `t=${time},v1=${mac}`;
}
const signed = (header: string): Headers => [['X-SBP-Signature', header]];
const GOOD = signature(NOW_S);

const flip = (bytes: Buffer, at: number, mask: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[at] = flipped[at]! ^ mask;
  return flipped;
};
const flips = (length: number) => fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }));

async function always(property: fc.IAsyncProperty<unknown>): Promise<void> {
  await fc.assert(property, { numRuns: RUNS });
}

describe('a webhook’s bytes', () => {
  it('are taken as they were signed', async () => {
    assert.equal(await send(BODY, signed(GOOD)), 200);
  });

  it('are refused with any byte of the body flipped', async () => {
    await always(
      fc.asyncProperty(flips(BODY.length), async ([at, mask]) => {
        assert.equal(await send(flip(BODY, at, mask), signed(GOOD)), 401);
      }),
    );
  });

  it('are refused with any byte of the time or the signature flipped', async () => {
    await always(
      fc.asyncProperty(flips(GOOD.length), async ([at, mask]) => {
        const header = flip(Buffer.from(GOOD), at, mask).toString('latin1');
        // A hexadecimal digit means the same in upper case.
        fc.pre(header.toLowerCase() !== GOOD);
        // The HTTP parser refuses characters that no header may contain.
        const impossible = /[\0-\x08\x0a-\x1f\x7f]/.test(header);
        assert.equal(await send(BODY, signed(header)), impossible ? 400 : 401, JSON.stringify(header));
      }),
    );
  });

  it('are refused when the same JSON comes in other bytes', async () => {
    const rewritings: readonly ((json: string) => string | Buffer)[] = [
      (json) => JSON.stringify(JSON.parse(json), null, 1),
      (json) => JSON.stringify(reversed(JSON.parse(json) as object)),
      (json) => json.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      (json) => json.replace('event', '\\u0065vent'),
      (json) => `\ufeff${json}`,
      (json) => `${json}\n`,
      (json) => json.replace('{', '{"event":"x",'),
      (json) => json.normalize('NFD'),
      (json) => Buffer.from(json, 'utf16le'),
    ];
    const payload = fc.record({
      event: fc.constant('payment.paid'),
      payment_id: fc.string({ minLength: 1 }),
      note: fc.constantFrom('ёж', 'Йод', '—'),
      metadata: fc.dictionary(fc.string(), fc.jsonValue()),
    });
    await always(
      fc.asyncProperty(payload, fc.constantFrom(...rewritings), async (value, rewrite) => {
        const json = JSON.stringify(value);
        const other = Buffer.from(rewrite(json) as string);
        fc.pre(!other.equals(Buffer.from(json)));
        assert.equal(await send(other, signed(signature(NOW_S, Buffer.from(json)))), 401);
      }),
    );
  });
});

describe('any signature header', () => {
  /** All bytes that a header may contain, including non-ASCII ones. */
  const bytes = fc.integer({ min: 0x20, max: 0xff }).filter((byte) => byte !== 0x7f);
  const piece = fc.oneof(
    fc.string({ unit: bytes.map((byte) => String.fromCharCode(byte)), maxLength: 80 }),
    fc.constantFrom('t=', 'v1=', ',', '=', `t=${NOW_S}`, 'v1=00', GOOD.slice(0, -1), `v1=${'f'.repeat(64)}`),
  );
  const header = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    fc.tuple(piece, fc.nat(10_000)).map(([text, length]) => text.repeat(length).slice(0, length)),
  );

  it('is refused, up to 10,000 bytes of it, once, twice or not there', async () => {
    await always(
      fc.asyncProperty(fc.array(header, { maxLength: 3 }), async (values) => {
        const some = values.map(
          (value) => ['X-SBP-Signature', value.slice(0, 10_000 / values.length)] as const,
        );
        assert.equal(await send(BODY, some), 401, JSON.stringify(some));
      }),
    );
  });

  for (const [name, headers] of Object.entries({
    'the good one twice': [...signed(GOOD), ...signed(GOOD)],
    'the good one and another': [...signed(GOOD), ...signed(signature(NOW_S - 1))],
    'another and the good one': [...signed(`t=${NOW_S}`), ...signed(GOOD)],
    'its name in the middle': signed(`x${GOOD}`),
    '10,000 times a signature': signed(`t=${NOW_S},${'v1=00,'.repeat(1_666)}`),
    'a short signature': signed(GOOD.slice(0, 40)),
    'a long one': signed(`${GOOD}00`),
    'one byte of it not ASCII': signed(GOOD.replace(/.$/, '\xe9')),
    none: [],
    'an empty one': signed(''),
  })) {
    it(`is refused: ${name}`, async () => {
      assert.equal(await send(BODY, headers), 401);
    });
  }
});

describe('the signed time', () => {
  it('counts to the second, in both directions', async () => {
    for (const [offset, status] of [
      [-TOLERANCE_S - 1, 401],
      [-TOLERANCE_S, 200],
      [TOLERANCE_S, 200],
      [TOLERANCE_S + 1, 401],
    ] as const) {
      assert.equal(await send(BODY, signed(signature(NOW_S + offset))), status, String(offset));
    }
    const far = fc.integer({ min: TOLERANCE_S + 1, max: NOW_S });
    await always(
      fc.asyncProperty(far, fc.constantFrom(-1, 1), async (seconds, direction) => {
        assert.equal(await send(BODY, signed(signature(NOW_S + direction * seconds))), 401);
      }),
    );
  });

  it('is a plain number of seconds, or it is refused although it is signed', async () => {
    const hexadecimal = `0x${NOW_S.toString(16)}`;
    for (const time of [
      ...['NaN', 'Infinity', '-Infinity', '1e99', '1.767225600e9', '', ' ', '0', 'now', 'null', 'undefined'],
      ...[`${NOW_S}000`, `${NOW_S}.0`, `${NOW_S}.5`, `+${NOW_S}`, `-${NOW_S}`, `${NOW_S}s`, `${NOW_S}n`],
      ...[hexadecimal, `0${NOW_S.toString(8)}`, `0b${NOW_S.toString(2)}`, '1_767_225_600', `000${NOW_S}`],
      ...['\xb9767225600', '2026-01-01T00:00:00Z', `${NOW_S}=`, `${NOW_S};${NOW_S}`, '9'.repeat(400)],
    ]) {
      assert.equal(await send(BODY, signed(signature(time))), 401, time);
    }
  });

  it('is the one that counts, not X-SBP-Timestamp', async () => {
    const old = signature(NOW_S - TOLERANCE_S - 1);
    assert.equal(await send(BODY, [...signed(old), ['X-SBP-Timestamp', String(NOW_S)]]), 401);
    for (const stamp of ['0', 'NaN', `${NOW_S}000`, '']) {
      assert.equal(await send(BODY, [...signed(GOOD), ['X-SBP-Timestamp', stamp]]), 200, stamp);
    }
  });
});

function reversed(value: object): object {
  return Object.fromEntries(Object.entries(value).reverse());
}
