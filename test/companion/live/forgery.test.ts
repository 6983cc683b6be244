import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import type { Snapshot } from '../../../src/protocol/snapshot.ts';
import { EventStream } from '../../../src/companion/live/event-stream.ts';
import type { Payment } from '../../../src/companion/payments/model/payment.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../support/companion.ts';
import { StreamConnection } from '../../support/stream-connection.ts';
import { StrictEventStream } from '../../support/strict-event-stream.ts';

const ROUNDS = 20;
const AT_ONCE = 10;
const SNAPSHOTS = 3_000;

/** Line ends, text ends, field names, and bytes that are no character. */
const hostile = fc.constantFrom(
  ...[
    '\r',
    '\n',
    '\r\n',
    '\n\n',
    '\0',
    '\u2028',
    '\u2029',
    '\u0085',
    '\v',
    '\f',
    '\ufeff',
    '\ud800',
    '\udfff',
  ],
  ...[
    'data:',
    'data: {}',
    'id:',
    'id: 99',
    'event:',
    'event: end',
    'retry: 1',
    ':',
    '"',
    '\\',
    '\\n',
    '}',
    '😀',
  ],
);
const anyText = fc
  .array(fc.oneof({ weight: 3, arbitrary: hostile }, fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
/** Text without the characters that a payment must not contain, so that most requests are accepted. */
const allowedText = anyText.map((text) => text.replace(/[\p{Cc}\p{Cs}]/gu, ''));

describe('the parser of these tests', () => {
  it('reads the examples of the standard', () => {
    const read = (text: string) => {
      const stream = new StrictEventStream();
      // Feeds single bytes, so that line ends and characters are split.
      for (const byte of Buffer.from(text)) stream.feed(Uint8Array.of(byte));
      return stream.events.map(({ type, data, lastEventId }) => [type, data, lastEventId]);
    };
    assert.deepEqual(read('data: YHOO\ndata: +2\ndata: 10\n\n'), [['message', 'YHOO\n+2\n10', '']]);
    assert.deepEqual(
      read(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n'),
      [
        ['message', 'first event', '1'],
        ['message', 'second event', ''],
      ],
    );
    assert.deepEqual(read('data\n\ndata\ndata\n\ndata:'), [
      ['message', '', ''],
      ['message', '\n', ''],
    ]);
    assert.deepEqual(read('data:test\n\ndata: test\n\n'), [
      ['message', 'test', ''],
      ['message', 'test', ''],
    ]);
    assert.deepEqual(read('\ufeffevent: a\r\ndata: é\u2028\rid: 1\0\r\r\n'), [['a', 'é\u2028', '']]);
  });
});

describe('whatever a payment holds', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion(
      {},
      { settings: { merchantName: 'Ромашка\r\n\r\nevent: end\ndata: {}\n\n\0\u2028' } },
    );
  });
  after(() => shop.stop());

  it(`comes as one event that says what GET /session says (${ROUNDS * AT_ONCE} payments)`, async (t) => {
    let taken = 0;
    // A refused request tests nothing here, so most texts are allowed ones.
    const mostlyAllowed = fc.oneof({ weight: 4, arbitrary: allowedText }, { weight: 1, arbitrary: anyText });
    const fields = fc.record({
      order_id: mostlyAllowed,
      description: mostlyAllowed,
      return_url: allowedText.map((text) => `https://shop.example/${text}`),
      metadata: fc.dictionary(mostlyAllowed, mostlyAllowed, { maxKeys: 3 }),
    });
    const judge = async (json: object) => {
      const response = await shop.api('/payments', { json: { amount: 100, ...json } });
      if (response.status !== 201) {
        assert.equal(response.status, 422);
        return;
      }
      taken++;
      const { payment_id, token } = (await response.json()) as CreatedPayment;
      const stream = new StreamConnection(shop.url, { token });
      for (const version of [2, 3]) {
        if (version === 3) await shop.sandbox(payment_id, 'process');
        assert.ok(await stream.version(version));
        const session = (await (await shop.checkout('/session', token)).json()) as Snapshot;
        const { type, data, lastEventId } = stream.parser.events.at(-1)!;
        assert.deepEqual([type, lastEventId], ['snapshot', String(session.version)]);
        assert.deepEqual({ ...(JSON.parse(data) as Snapshot), now: '' }, { ...session, now: '' });
      }
      assert.equal(stream.parser.events.length, 2);
      assert.equal(stream.parser.retries.length, 1);
      stream.stop();
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fields, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (payments) => {
        await Promise.all(payments.map(judge));
      }),
      { numRuns: ROUNDS, endOnFailure: true },
    );
    t.diagnostic(`${taken} of ${ROUNDS * AT_ONCE} payments were taken`);
    assert.ok(taken > (ROUNDS * AT_ONCE) / 4);
  });
});

describe('whatever a snapshot holds', () => {
  it(`comes as one event (${SNAPSHOTS} snapshots)`, async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const arrived = once(server, 'request') as Promise<[unknown, ServerResponse]>;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const read: EventSourceMessage[] = [];
    const widgets = createParser({ onEvent: (event) => read.push(event) });
    const decoder = new TextDecoder();
    const connection = new StreamConnection(url, {
      token: 'x',
      also: (bytes) => widgets.feed(decoder.decode(bytes, { stream: true })),
    });
    const [, response] = await arrived;
    t.after(() => {
      connection.stop();
      server.close();
    });
    let content: unknown = null;
    const stream = new EventStream({ response, seen: -1, render: () => content });
    let version = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({ text: anyText, fields: fc.dictionary(anyText, anyText) }),
        async (snapshot) => {
          content = snapshot;
          stream.update({ version: ++version, status: 'created' } as Payment);
          assert.ok(await connection.version(version));
          const { events, retries } = connection.parser;
          assert.deepEqual([events.length, retries.length], [version, 1]);
          const { type, data, lastEventId } = events.at(-1)!;
          assert.deepEqual([type, lastEventId], ['snapshot', String(version)]);
          assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(snapshot)));
          // The widget's parser reads the same event.
          assert.deepEqual(read.at(-1), { event: type, data, id: lastEventId });
          assert.equal(read.length, version);
        },
      ),
      { numRuns: SNAPSHOTS, endOnFailure: true },
    );
  });
});
