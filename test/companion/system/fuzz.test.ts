import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompanionProcess } from '../../support/companion-process.ts';
import { FuzzRequests, seededRandom } from '../../support/fuzz-requests.ts';
import { pipeline, type RawAnswer, type RawRequest } from '../../support/raw-client.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 100_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CONNECTIONS = 8;
const PIPELINED = 16;
/** Share of the requests. After them every code path is compiled and every cache is full. */
const WARM_UP = 0.3;
const MAX_GROWTH_MB = 200;
/** For this many requests at the start, each is checked for changes in the database. */
const CHECKED_FOR_CHANGES = 1_000;

const TABLES = ['payments', 'payment_events', 'refunds', 'attempts', 'provider_deliveries', 'deliveries'];

describe('any request at all', () => {
  it(`is answered, never by a 5xx (${REQUESTS} requests)`, async (t) => {
    t.diagnostic(`FUZZ_SEED=${SEED}`);
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'error' });
    try {
      const payments = [];
      for (let i = 0; i < 20; i++) payments.push(await companion.client.createPayment());
      for (const { payment_id } of payments.slice(0, 8)) await companion.client.sandbox(payment_id, 'pay');
      const fuzz = new FuzzRequests(seededRandom(SEED), payments);
      const counts = new Map<number, number>();
      const faults: string[] = [];
      const judge = (request: RawRequest, answer: RawAnswer | null) => {
        const status = answer?.status ?? 0;
        counts.set(status, (counts.get(status) ?? 0) + 1);
        const fault = faultOf(request, answer);
        if (fault)
          faults.push(`${fault}\n  ${shown(request)}\n  → ${status} ${answer?.body.slice(0, 300) ?? ''}`);
      };

      for (let i = 0; i < Math.min(CHECKED_FOR_CHANGES, REQUESTS / 2); i++) {
        const before = rowCounts(companion);
        const request = fuzz.next();
        const [answer] = await pipeline(companion.port, [request]);
        judge(request, answer!);
        const refused = answer !== null && answer!.status >= 400;
        if (refused && rowCounts(companion) !== before)
          faults.push(`a refusal changed data: ${shown(request)}`);
      }
      let left = REQUESTS - CHECKED_FOR_CHANGES;
      let warm = 0;
      await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          while (left > 0 && faults.length < 10) {
            const batch = Array.from({ length: PIPELINED }, () => fuzz.next());
            left -= batch.length;
            if (warm === 0 && left < REQUESTS * (1 - WARM_UP)) warm = companion.memoryMb();
            const answers = await pipeline(companion.port, batch);
            for (const [i, answer] of answers.entries()) judge(batch[i]!, answer);
          }
        }),
      );
      t.diagnostic(
        `answers: ${[...counts]
          .sort(([a], [b]) => a - b)
          .map(([s, n]) => `${s} × ${n}`)
          .join(', ')}`,
      );
      assert.equal(faults.length, 0, `FUZZ_SEED=${SEED}\n${faults.join('\n')}`);
      assert.equal((await fetch(`${companion.url}/healthz`)).status, 200);
      const end = companion.memoryMb();
      t.diagnostic(`resident memory: ${warm} MB after the warm-up, ${end} MB at the end`);
      assert.ok(end - warm < MAX_GROWTH_MB, `memory grew from ${warm} to ${end} MB`);
      assert.ok(
        (counts.get(200) ?? 0) + (counts.get(201) ?? 0) > REQUESTS / 50,
        'hardly anything got past the gates',
      );
    } finally {
      await companion.stop();
    }
  });
});

function faultOf({ head }: RawRequest, answer: RawAnswer | null): string | null {
  if (!answer) return 'no answer';
  if (answer.status >= 500) return 'a failure of ours';
  if (answer.status < 400 || head.startsWith('HEAD ')) return null;
  if (!/^\S+ \/(api|checkout|webhooks)\//.test(head)) return null;
  if (answer.contentType !== 'application/problem+json')
    return `a refusal as ${answer.contentType || 'nothing'}`;
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  return typeof problem['code'] === 'string' && problem['status'] === answer.status
    ? null
    : 'a refusal without its code';
}

function shown({ head, body }: RawRequest): string {
  return `${JSON.stringify(head.slice(0, 700))} ${JSON.stringify(body.toString('latin1').slice(0, 600))}`;
}

function rowCounts(companion: CompanionProcess): string {
  let counts = '';
  companion.changeData((db) => {
    counts = TABLES.map(
      (table) => Object.values(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!)[0],
    ).join();
  });
  return counts;
}
