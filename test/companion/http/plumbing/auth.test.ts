import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../../support/companion.ts';

describe('a 401 of the merchant API', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion();
  });
  after(() => shop.stop());

  it('says what was wrong with the key, under one code', async () => {
    const { token } = await shop.createPayment();
    const basic = `Basic ${Buffer.from(`shop:${API_KEY}`).toString('base64')}`;
    for (const [authorization, detail] of [
      [null, /^There is no Authorization header\./],
      ['', /^There is no Authorization header\./],
      [basic, /^The Authorization header has another scheme than Bearer\./],
      [API_KEY, /^The Authorization header has another scheme than Bearer\./],
      ['Bearer', /^What stands behind Bearer is no key\./],
      [`Bearer "${API_KEY} 2"`, /^What stands behind Bearer is no key\./],
      [`Bearer ${'k'.repeat(513)}`, /^What stands behind Bearer is no key\./],
      [`Bearer ${token}`, /^This is a payment token/],
      [`bearer ${API_KEY}2`, /^This key is not accepted here\./],
    ] as const) {
      for (const path of ['/api/sbp/v1/payments', '/metrics']) {
        const headers = authorization === null ? {} : { authorization };
        const response = await fetch(`${shop.url}${path}`, { headers });
        const problem = (await response.json()) as { code: string; detail: string };
        assert.deepEqual([response.status, problem.code], [401, 'invalid_api_key']);
        assert.match(problem.detail, detail, String(authorization));
        assert.match(problem.detail, /Send the API key as "Authorization: Bearer <SBP_API_KEY>"\.$/);
      }
    }
  });
});
