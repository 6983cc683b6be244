/** The made-up acquirer's own side, by which docs/providers.md's example is tried. */
import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { Refused, Simulator, type Answer, type Bill, type Call } from '../simulators/simulator.ts';

export const KEY = 'acme-key-0123456789';
const STATES: Readonly<Record<Bill['status'], string>> = {
  created: 'new',
  processing: 'in_bank',
  paid: 'paid',
  failed: 'declined',
  expired: 'too_late',
  canceled: 'closed',
  partial_refunded: 'paid',
  refunded: 'paid',
};

const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const url = v.pipe(v.string(), v.url());
const billSchema = v.strictObject({ bill: v.string(), kopecks, back_url: url, report_url: url });
const refundSchema = v.strictObject({ refund: v.string(), kopecks });

export class AcmeSimulator extends Simulator {
  readonly #refunds = new Map<string, Answer>();
  #reportUrl = '';

  /** Nothing of it is in the companion's environment: the example is handed over in code. */
  env(): Record<string, string> {
    return {};
  }

  protected answer(call: Call): Answer {
    if (call.headers['x-acme-key'] !== KEY) throw new Refused(401, { error: 'key' });
    const [, id, action] = /^\/bills(?:\/([\w-]+)(?:\/(\w+))?)?$/.exec(call.path) ?? [];
    if (id === undefined) return this.#open(parse(billSchema, call));
    const bill = this.bills.get(id);
    if (!bill) throw new Refused(404, { error: 'no such bill' });
    if (action === 'refunds') return this.#refund(bill, parse(refundSchema, call));
    if (action === 'close' && bill.status === 'created') bill.status = 'canceled';
    return this.#show(bill);
  }

  protected async report(bill: Bill): Promise<void> {
    const body = this.text({ bill: bill.reference, state: STATES[bill.status], kopecks: bill.amount });
    const signature = createHmac('sha256', KEY).update(body).digest('hex');
    await this.send({ url: this.#reportUrl, headers: { 'x-acme-signature': signature }, body });
  }

  #open({ bill: reference, kopecks: amount, back_url, report_url }: v.InferOutput<typeof billSchema>) {
    this.#reportUrl = report_url;
    const bill: Bill = {
      id: reference,
      reference,
      amount,
      currency: 'RUB',
      status: 'created',
      refunded: 0,
      returnUrl: back_url,
    };
    if (!this.bills.has(reference)) this.bills.set(reference, bill);
    return this.#show(this.bills.get(reference)!);
  }

  #show(bill: Bill): Answer {
    const { reference, status, amount } = bill;
    const json = { bill: reference, state: STATES[status], kopecks: amount, link: this.payerPage(bill) };
    return { status: 200, json };
  }

  #refund(bill: Bill, { refund, kopecks: amount }: v.InferOutput<typeof refundSchema>): Answer {
    const known = this.#refunds.get(refund);
    if (known) return known;
    const possible = STATES[bill.status] === 'paid' && bill.refunded + amount <= bill.amount;
    if (possible) bill.refunded += amount;
    const answer = { status: 200, json: { state: possible ? 'done' : 'refused' } };
    this.#refunds.set(refund, answer);
    return answer;
  }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, { body }: Call): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, JSON.parse(body));
  if (parsed.success) return parsed.output;
  throw new Refused(400, { error: parsed.issues.map(({ message }) => message) });
}
