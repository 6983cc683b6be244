import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newId } from '../../../../src/companion/lib/ids.ts';
import { PaymentTokens } from '../../../../src/companion/payments/model/tokens.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_. =+/%\u0000é';

describe('a payment token', () => {
  const tokens = new PaymentTokens(['one-secret']);

  it('opens its payment and is refused with any other character at any place', () => {
    const id = newId('pay');
    const token = tokens.issue(id);
    assert.equal(tokens.verify(token), id);
    for (let at = 0; at < token.length; at++) {
      for (const other of ALPHABET) {
        if (other === token[at]) continue;
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        assert.equal(tokens.verify(changed), null, changed);
      }
      assert.equal(tokens.verify(token.slice(0, at) + token.slice(at + 1)), null, 'one character less');
      assert.equal(tokens.verify(`${token.slice(0, at)}A${token.slice(at)}`), null, 'one character more');
      assert.equal(tokens.verify(token.slice(0, at)), null, 'cut off');
    }
  });

  it('opens no other payment, and none to another key', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (oneKey, otherKey) => {
        const [id, other] = [newId('pay'), newId('pay')];
        const mac = new PaymentTokens([oneKey]).issue(id).split('.')[1]!;
        assert.equal(new PaymentTokens([oneKey]).verify(`${id}.${mac}`), id);
        assert.equal(new PaymentTokens([oneKey]).verify(`${other}.${mac}`), null);
        if (otherKey !== oneKey) assert.equal(new PaymentTokens([otherKey]).verify(`${id}.${mac}`), null);
      }),
    );
  });

  it('is nothing but what we have issued', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from(ALPHABET)), maxLength: 120 }), (text) => {
        assert.equal(tokens.verify(text), null);
      }),
    );
  });
});
