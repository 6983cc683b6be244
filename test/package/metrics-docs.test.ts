import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { API_KEY, startCompanion } from '../support/companion.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('docs/operations.md', () => {
  it('lists each metric of our own, and no other, with an alert or the word that there is none', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    const response = await fetch(`${shop.url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
    const registered = [...(await response.text()).matchAll(/^# TYPE (sbp_\w+) /gm)].map(([, name]) => name!);
    const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(sbp_\w+)` +\| (.+) \| (.+) \|$/gm)];
    assert.ok(registered.length > 15);
    assert.deepEqual(rows.map(([, name]) => name!).sort(), registered.sort());
    for (const [, name, meaning, alert] of rows) {
      assert.ok(meaning!.trim() !== '' && alert!.trim() !== '', name);
    }
  });
});
