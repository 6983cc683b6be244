import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readForm } from '../../../../src/companion/providers/freepayment/presentation.ts';
import { kindOf, LINK, request, ScriptedAcquirer, transaction } from '../../../support/freepayment.ts';

describe('what freepayment shows the payer', () => {
  let acquirer: ScriptedAcquirer;
  before(async () => {
    acquirer = await ScriptedAcquirer.start();
  });
  after(() => acquirer.stop());

  const offered = async (form: object, fields: object = {}) => {
    acquirer.says({ form: { ...transaction.form, ...form }, ...fields });
    return acquirer.provider().create(request);
  };

  it('is a link, byte for byte', async () => {
    const odd = 'https://qr.nspk.ru/AD10006L6KIM6I7784A993TVF4QJ9JCE?crc=0953&type=02&x=%2f';
    const { presentation, qrId } = await offered({ action: odd });
    assert.deepEqual(presentation, { kind: 'link', url: odd, deep_link: null });
    assert.equal(qrId, 'AD10006L6KIM6I7784A993TVF4QJ9JCE');
    assert.equal((await offered({ action: 'https://pay.example/1', fields: null })).qrId, null);
  });

  it('is a form, in a frame if the acquirer allows it', async () => {
    const fields = [{ name: 'a', value: '1', type: 'hidden' }];
    const form = { kind: 'form', action: LINK, http_method: 'POST', fields, iframe: false };
    assert.deepEqual((await offered({ method: 'post', fields })).presentation, form);
    assert.deepEqual((await offered({ fields })).presentation, { ...form, http_method: 'GET' });
    for (const gateway of [{ iframe: 'true' }, { iframe: false }, null, 7]) {
      assert.deepEqual((await offered({ method: 'POST', fields }, { gateway })).presentation, form);
    }
    const framed = await offered({ method: 'POST', fields }, { gateway: { iframe: true } });
    assert.deepEqual(framed.presentation, { ...form, iframe: true });
    assert.deepEqual((await offered({ method: 'POST' })).presentation, { ...form, fields: [] });
  });

  it('is never something that could harm a browser', async () => {
    const field = { name: 'a', value: '1' };
    for (const form of [
      { action: 'javascript:alert(1)' },
      { action: 'sbp://pay' },
      { action: 'https://user:pass@pay.example' },
      { action: 'https://pay.example/with space' },
      { action: `https://pay.example/${'x'.repeat(4096)}` },
      { action: undefined },
      { method: 'PUT' },
      { method: undefined },
      { fields: {} },
      { fields: [{ ...field, value: 7 }] },
      { fields: [{ ...field, name: '' }] },
      { fields: [{ ...field, name: 'a\u0000' }] },
      { fields: [{ ...field, type: 'file' }] },
      { fields: [{ ...field, value: 'x'.repeat(4097) }] },
      { fields: Array.from({ length: 65 }, () => field) },
      { fields: Array.from({ length: 10 }, () => ({ ...field, value: 'x'.repeat(4000) })) },
    ]) {
      assert.equal(await kindOf(offered(form)), 'unavailable', JSON.stringify(form).slice(0, 80));
    }
  });

  it('uses plain http only if the acquirer itself is reached by it', async () => {
    const action = 'http://localhost:9000/payer/1';
    assert.deepEqual((await offered({ action })).presentation, {
      kind: 'link',
      url: action,
      deep_link: null,
    });
    assert.equal(readForm({ ...transaction.form, action }, { allowHttp: false, iframe: false }), null);
  });

  it('is a receipt by https only', async () => {
    const receipt = async (receipt_url: unknown) => (await offered({}, { receipt_url })).receiptUrl;
    assert.equal(await receipt('https://r.example/1?a=b'), 'https://r.example/1?a=b');
    for (const odd of ['http://r.example', 'javascript:1', 7, null, 'https://r.example/ x', 'https://'])
      assert.equal(await receipt(odd), null);
  });
});
