/** The made-up acquirer's own side, for trying the example of docs/providers.md. */
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
  /** Refunds made in the cabinet: the amount by the acquirer's number. */
  readonly #ownRefunds = new Map<string, number>();
  #reportUrl = '';

  /** Empty: the example is passed in code, not in the companion's environment. */
  env(): Record<string, string> {
    return {};
  }

  override async refundInCabinet(reference: string, amount: number): Promise<void> {
    const bill = this.bills.get(reference)!;
    bill.refunded += amount;
    const refund = `own-${this.#ownRefunds.size + 1}`;
    this.#ownRefunds.set(`${reference}/${refund}`, amount);
    await this.#tell(bill, { refund });
  }

  protected answer(call: Call): Answer {
    if (call.headers['x-acme-key'] !== KEY) throw new Refused(401, { error: 'key' });
    const [, id, action, name] = /^\/bills(?:\/([\w-]+)(?:\/(\w+)(?:\/([\w-]+))?)?)?$/.exec(call.path) ?? [];
    if (id === undefined) return this.#open(parse(billSchema, call));
    const bill = this.bills.get(id);
    if (!bill) throw new Refused(404, { error: 'no such bill' });
    if (name !== undefined) return this.#ownRefund(`${id}/${name}`);
    if (action === 'refunds') return this.#refund(bill, parse(refundSchema, call));
    if (action === 'close' && bill.status === 'created') bill.status = 'canceled';
    return this.#show(bill);
  }

  protected report(bill: Bill): Promise<void> {
    return this.#tell(bill, { state: STATES[bill.status], kopecks: bill.amount });
  }

  async #tell(bill: Bill, news: object): Promise<void> {
    const body = this.text({ bill: bill.reference, ...news });
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

  #ownRefund(name: string): Answer {
    const amount = this.#ownRefunds.get(name);
    if (amount === undefined) throw new Refused(404, { error: 'no such refund' });
    return { status: 200, json: { state: 'done', kopecks: amount } };
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
