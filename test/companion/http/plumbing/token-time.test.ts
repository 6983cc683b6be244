import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompanionProcess } from '../../../support/companion-process.ts';
import { pipeline, type RawRequest } from '../../../support/raw-client.ts';

const ROUNDS = 120;
/** The number of requests in one measurement: the time of a single request is lost in the noise. */
const PIPELINED = 40;
/** The ratio would be 1.24 if the database was read: a look-up that finds a payment takes longer. */
const MAX_RATIO = 1.2;
/** A difference in our code shows in every try. A difference of this machine does not. */
const TRIES = 8;

function asking(token: string): RawRequest[] {
  const head = `GET /checkout/v1/session HTTP/1.1\r\nHost: pay\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  return Array.from({ length: PIPELINED }, () => ({ head, body: Buffer.alloc(0) }));
}

/** Returns the time of one refusal for each kind of token, µs. */
async function measure(port: number, kinds: Readonly<Record<string, string>>): Promise<Map<string, number>> {
  const samples = Object.entries(kinds).map(([kind, token]) => ({ kind, token, times: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    // The kinds take turns, also in being the first, so that other work of this machine affects all of them alike.
    samples.push(samples.shift()!);
    for (const { kind, token, times } of samples) {
      const begun = performance.now();
      const answers = await pipeline(port, asking(token));
      times.push(((performance.now() - begun) * 1000) / PIPELINED);
      assert.ok(
        answers.every((answer) => answer?.status === 401),
        kind,
      );
    }
  }
  return new Map(samples.map(({ kind, times }) => [kind, undisturbed(times)]));
}

/** Returns the lowest decile, since other work on this machine only adds time. */
function undisturbed(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)]!;
}

describe('the time of a refusal', () => {
  it('tells nothing of whether the payment is there, nor of how good a guess was', async (t) => {
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    try {
      const [, other] = (await companion.client.createPayment()).token.split('.') as [string, string];
      const [id, mac] = (await companion.client.createPayment()).token.split('.') as [string, string];
      const changed = (at: number) => mac.slice(0, at) + (mac[at] === 'A' ? 'B' : 'A') + mac.slice(at + 1);
      const kinds = {
        'of another payment': `${id}.${other}`,
        'of no payment': `pay_${'0'.repeat(20)}.${other}`,
        'wrong from the start': `${id}.${changed(0)}`,
        'wrong near the end': `${id}.${changed(41)}`,
      };
      let ratio = Infinity;
      for (let tries = 0; ratio >= MAX_RATIO && tries < TRIES; tries++) {
        const times = await measure(companion.port, kinds);
        ratio = Math.max(...times.values()) / Math.min(...times.values());
        t.diagnostic([...times].map(([kind, us]) => `${kind}: ${us.toFixed(0)} µs`).join(', '));
      }
      assert.ok(ratio < MAX_RATIO, `one takes ${ratio.toFixed(2)} times as long as another`);
    } finally {
      await companion.stop();
    }
  });
});
