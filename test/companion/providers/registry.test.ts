import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ConfigError } from '../../../src/companion/env/config-error.ts';
import { startCompanion } from '../../support/companion.ts';

it('the companion does not start with a method that its provider does not serve, and unlocks its database', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-unserved-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const database = { SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}` };
  await assert.rejects(
    startCompanion({
      ...database,
      SBP_METHODS: 'sbp=freepayment,buyer_qr=freepayment',
      SBP_FREEPAYMENT_URL: 'https://api.acquirer.example',
      SBP_FREEPAYMENT_SHOP_ID: '361',
      SBP_FREEPAYMENT_SECRET_KEY: 'k-0123456789',
    }),
    (error) =>
      error instanceof ConfigError &&
      error.mistakes.join() === 'SBP_METHODS: freepayment does not serve buyer_qr, but sbp',
  );
  await (await startCompanion(database)).stop();
});
