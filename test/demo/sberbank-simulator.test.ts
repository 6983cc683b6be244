import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SberbankSimulator } from '../../demo/simulators/sberbank.ts';

const UID = '0123456789abcdef0123456789ABCDEF';
const OAUTH = '/prod/tokens/v3/oauth';
const PAY = '/prod/qr/bscanc/v1/pay';
const STATUS = '/prod/qr/order/v3/status';

describe('the simulated Sberbank', () => {
  let time = Date.UTC(2026, 0, 1);
  let bank: SberbankSimulator;
  let basic = '';
  let clientId = '';
  before(async () => {
    bank = new SberbankSimulator({ now: () => time, expiresIn: 60 });
    await bank.listen();
    const env = bank.env();
    clientId = env['SBP_SBERBANK_CLIENT_ID']!;
    basic = Buffer.from(`${clientId}:${env['SBP_SBERBANK_CLIENT_SECRET']!}`).toString('base64');
  });
  after(() => bank.close());

  async function post(path: string, headers: Record<string, string>, body: string) {
    const response = await fetch(`${bank.url}${path}`, { method: 'POST', headers, body });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: '', RqUID: UID };
  const oauth = (headers: Record<string, string> = {}, fields: Record<string, string> = {}) =>
    post(
      OAUTH,
      { ...form, authorization: `Basic ${basic}`, ...headers },
      new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'https://api.sberbank.ru/qr/order.pay',
        ...fields,
      }).toString(),
    );
  const token = async () => String((await oauth()).json['access_token']);
  const order = (reference: string) => ({
    rq_uid: UID,
    rq_tm: '2026-01-01T00:00:00Z',
    member_id: '000001',
    partner_order_number: reference,
    tid: '21325622',
    id_qr: '20305',
    pay_load: 'https://sberbank.ru/qr/?ClientIdQr=40ac47',
    amount: 100,
    currency: '643',
    operation_message: 'Оплата заказа',
  });
  const called = async (authorization: string | null = null) => ({
    'content-type': 'application/json',
    authorization: `Bearer ${authorization ?? (await token())}`,
    'x-Introspect-rquid': UID,
    'X-Ibm-Client-Id': clientId,
  });
  const pay = async (fields: object, headers: Record<string, string> = {}, known: string | null = null) =>
    post(PAY, { ...(await called(known)), ...headers }, JSON.stringify({ ...order('ref'), ...fields }));
  const stateOf = ({ json }: { json: Record<string, unknown> }) =>
    (json['PayRusClientQRRs'] as { status: Record<string, unknown> }).status;

  it('issues a token only for the documented request', async () => {
    const given = await oauth();
    assert.deepEqual([given.status, given.json['expires_in']], [200, 60]);
    assert.equal((await oauth({ authorization: 'Basic eDp5' })).status, 401);
    assert.equal((await oauth({ RqUID: 'short' })).status, 400);
    assert.equal((await oauth({ 'content-type': 'application/json' })).status, 400);
    assert.equal((await oauth({}, { scope: 'other' })).status, 400);
    assert.equal((await oauth({}, { grant_type: 'password' })).status, 400);
    assert.equal((await oauth({}, { more: 'x' })).status, 400);
  });

  it('accepts a token until it expires', async () => {
    const known = await token();
    assert.equal((await pay({ partner_order_number: 'in time' }, {}, known)).status, 200);
    time += 60_000;
    const late = await pay({ partner_order_number: 'late' }, {}, known);
    assert.equal(late.status, 401);
    assert.deepEqual(Object.keys(late.json), ['httpCode', 'httpMessage', 'moreInformation']);
  });

  it('checks every field and header', async () => {
    for (const fields of [
      { rq_uid: 'x' },
      { rq_tm: '2026-01-01T00:00:00.000Z' },
      { member_id: '2' },
      { partner_order_number: 'x'.repeat(37) },
      { tid: '' },
      { id_qr: 20305 },
      { pay_load: 'with space' },
      { pay_load: 'x'.repeat(513) },
      { amount: '100' },
      { amount: 1.5 },
      { currency: 'RUB' },
      { operation_message: '' },
      { extra: 1 },
    ]) {
      assert.equal((await pay(fields)).status, 400, JSON.stringify(fields));
    }
    assert.equal((await pay({}, { 'x-Introspect-rquid': 'x' })).status, 400);
    assert.equal((await pay({}, { 'X-Ibm-Client-Id': 'x' })).status, 400);
    assert.equal(bank.bills.has('ref'), false);
  });

  it('makes one order for a repeat, and none for another call with its number', async () => {
    const [first, second] = [await pay({}), await pay({ amount: 999 })];
    assert.equal(stateOf(first)['order_id'], stateOf(second)['order_id']);
    assert.equal(bank.bills.get('ref')?.amount, 100);
    const other = await pay({ rq_uid: UID.toLowerCase().replace('0', 'f') });
    assert.equal(stateOf(other)['error_code'], '080000');
  });

  it('follows the content of a code, and the actions on the bill', async () => {
    const course = async (pay_load: string) => {
      const { order_state, error_code } = stateOf(await pay({ pay_load, partner_order_number: pay_load }));
      return [order_state, error_code];
    };
    assert.deepEqual(await course('plain'), ['ON_PAYMENT', '000000']);
    assert.deepEqual(await course('atonce'), ['PAID', '000000']);
    assert.deepEqual(await course('decline'), ['DECLINED', '000000']);
    assert.deepEqual(await course('unknown'), [undefined, '050000']);
    await bank.act('plain', 'pay');
    assert.deepEqual(await course('plain'), ['PAID', '000000']);
  });

  it('returns the state of an order', async () => {
    const ask = async (reference: string) => {
      const { rq_uid, rq_tm, tid } = order(reference);
      return post(
        STATUS,
        await called(),
        JSON.stringify({ rq_uid, rq_tm, tid, partner_order_number: reference }),
      );
    };
    assert.equal((await ask('atonce')).json['order_state'], 'PAID');
    assert.equal((await ask('nobody')).json['error_code'], '100000');
  });

  it('shows the payer a code to scan or to copy', async () => {
    const page = await (await fetch(`${bank.url}/`)).text();
    assert.match(
      page,
      /<code>https:\/\/sberbank\.ru\/qr\/\?ClientIdQr&#61;|<code>https:\/\/sberbank\.ru\/qr\/\?ClientIdQr=/,
    );
    assert.match(page, /<svg /);
    assert.match(page, /Оплачено/);
    const bill = await (await fetch(bank.payerPage(bank.bills.get('ref')!))).text();
    assert.ok(!bill.includes('ClientIdQr'), 'a bill has its own page');
  });
});
