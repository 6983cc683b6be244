import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newId } from '../../src/companion/lib/ids.ts';
import { PaymentTokens } from '../../src/companion/payments/model/tokens.ts';
import { tokensIn } from '../../src/protocol/payment-token.ts';
import { ENCODINGS } from '../support/token-encodings.ts';

const issue = (secret = 'one'): string => new PaymentTokens([secret]).issue(newId('pay'));

describe('the payment tokens in an address', () => {
  it('are found whatever they are encoded as, and whatever stands around them', () => {
    const around = fc.stringMatching(/^(?:[a-z0-9_-]{0,30}|[ -~]{0,40}[/?&=#])$/);
    fc.assert(
      fc.property(fc.string(), around, fc.constantFrom(...ENCODINGS), (secret, before, encode) => {
        const [token, other] = [issue(secret), issue(secret)];
        const address = `/${before}${encode(token)}${before}&b=${encode(other)}%`;
        assert.deepEqual(tokensIn(address), [token, other], address);
      }),
    );
  });

  it('are of our own shape alone', () => {
    const token = issue();
    const [id, mac] = token.split('.') as [string, string];
    for (const other of [
      '',
      id,
      `${id}.`,
      `${id}.${mac.slice(1)}`,
      `${id.slice(0, -1)}.${mac}`,
      `${id.replace('pay_', 'rfd_')}.${mac}`,
      `${id}-${mac}`,
      `${id}..${mac}`,
      `app.${mac}.js`,
      `eyJhbGciOiJIUzI1NiJ9.${'e'.repeat(80)}.${mac}`,
    ])
      assert.deepEqual(tokensIn(`/x/${other}?y=${other}`), [], other);
  });
});
