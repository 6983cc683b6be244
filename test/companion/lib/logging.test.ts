import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger, sanitizeForLog } from '../../../src/companion/lib/logging.ts';
import { findLeaks } from '../../support/log-scan.ts';
import { Pace } from '../../support/pace.ts';

const TOKEN = `pay_${'A'.repeat(20)}.${'b'.repeat(43)}`;
const PERSONAL = { phone: '+79990001122', email: 'buyer@example.ru', ip: '203.0.113.7' };

describe('the log', () => {
  it('masks what slips into a line, also two levels down', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line: string) => void lines.push(line) });
    const secrets = { token: TOKEN, api_key: 'key-1', secret: 'secret-1', authorization: `Bearer ${TOKEN}` };
    log.info({
      ...secrets,
      ...PERSONAL,
      payment_url: `https://pay.example/pay#${TOKEN}`,
      payment_id: 'pay_1',
    });
    log.info({ request: { ...secrets, customer: PERSONAL, body: { ...secrets, ...PERSONAL } } });
    assert.deepEqual(findLeaks(lines.join(''), ['key-1', 'secret-1']), []);
    assert.ok(lines[0]?.includes('pay_1'));
  });

  it('quotes others in one line, without the persons they tell of', () => {
    for (const [said, quoted] of [
      ['call +7 (999) 000-11-22\r\nor 8.999.000.11.22 now', 'call [masked] or [masked] now'],
      ['from 203.0.113.7, card 4111 1111 1111 1111', 'from [masked], card [masked]'],
      ['buyer@example.ru is no client', '[masked] is no client'],
      ['error 130007 of pay_1', 'error 130007 of pay_1'],
    ] as const) {
      assert.equal(sanitizeForLog(said), quoted);
    }
  });

  it('quotes others at bounded length and cost', () => {
    const pace = Pace.start();
    const begun = performance.now();
    assert.ok(sanitizeForLog('x '.repeat(1_000_000)).length <= 300);
    assert.equal(sanitizeForLog('x'.repeat(1_000_000)), '[masked]');
    const tookMs = performance.now() - begun;
    assert.ok(tookMs < pace.stretch(1_000), `${tookMs} ms`);
  });
});
