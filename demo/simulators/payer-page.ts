import type { ServerResponse } from 'node:http';
import { formatMoney } from '../../src/protocol/money.ts';
import { html, Markup } from '../../src/companion/http/pages/html.ts';
import { DEEDS, type Bill, type Deed, type Simulator } from './simulator.ts';

const STYLE =
  new Markup(`body { margin: 0 auto; max-width: 520px; padding: 32px 16px; font: 16px/1.5 system-ui, sans-serif; }
article { margin: 16px 0; padding: 20px; border: 1px solid #d1d5db; border-radius: 16px; }
h2 { margin: 0; font-size: 28px; } p { margin: 4px 0 12px; color: #4b5563; overflow-wrap: anywhere; }
button { min-height: 44px; padding: 0 16px; border: 1px solid #d1d5db; border-radius: 10px; background: #fff; font: inherit; }
button[value=pay] { border-color: #1d4ed8; background: #1d4ed8; color: #fff; }
form { display: flex; flex-wrap: wrap; gap: 8px; } a { color: #1d4ed8; }`);

const WORDS: Readonly<Record<Deed, string>> = {
  pay: 'Оплатить',
  process: 'Банк думает',
  decline: 'Отклонить',
  expire: 'Срок вышел',
};

const STATUSES: Readonly<Record<Bill['status'], string>> = {
  created: 'Ждёт оплаты',
  processing: 'Банк обрабатывает платёж',
  paid: 'Оплачено',
  failed: 'Отклонено',
  expired: 'Время вышло',
  canceled: 'Отменено',
  partial_refunded: 'Возвращена часть',
  refunded: 'Деньги возвращены',
};

/** The payer's side of a simulated payment system: all bills under `/`, one under `/payer/<reference>`. No script. */
export async function payerPage(
  simulator: Simulator,
  { method, path, body }: { method: string; path: string; body: string },
  response: ServerResponse,
): Promise<void> {
  const reference = decodeURIComponent(path.slice('/payer/'.length).split(/[?#]/, 1)[0] ?? '');
  const one = simulator.bills.get(reference);
  const deed = new URLSearchParams(body).get('deed');
  if (method === 'POST' && one && isDeed(deed)) {
    await simulator.act(reference, deed);
    response.writeHead(303, { location: path }).end();
    return;
  }
  const bills = path === '/' ? [...simulator.bills.values()].reverse() : one ? [one] : [];
  const page = html`<!doctype html>
    <html lang="ru">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Тестовый банк</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>Тестовый банк</h1>
        ${path === '/' ? simulator.payerTools() : null}
        ${bills.length === 0 ? html`<p>Платежей нет.</p>` : null}${bills.map(card)}
      </body>
    </html>`;
  response.writeHead(bills.length > 0 || path === '/' ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
  });
  response.end(page.toString());
}

function card(bill: Bill): Markup {
  const open = bill.status === 'created' || bill.status === 'processing';
  return html`<article>
    <h2>${formatMoney(bill.amount, 'ru', bill.currency)}</h2>
    <p>${bill.reference} · ${STATUSES[bill.status]}</p>
    ${
      open
        ? html`<form method="post" action="/payer/${bill.reference}">
            ${DEEDS.map((deed) => html`<button name="deed" value="${deed}">${WORDS[deed]}</button>`)}
          </form>`
        : bill.returnUrl
          ? html`<a href="${bill.returnUrl}">Вернуться в магазин</a>`
          : null
    }
  </article>`;
}

function isDeed(value: unknown): value is Deed {
  return DEEDS.includes(value as Deed);
}
