export const LOCALES = ['ru', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

const ru = {
  name: 'Ромашка',
  trade: 'чай и травы',
  headline: 'Чай, к которому хочется вернуться домой',
  lead: 'Собираем травы на севере, сушим в тени и отправляем в день заказа.',
  add: 'В корзину',
  less: 'Убрать один',
  more: 'Добавить ещё один',
  cart: 'Корзина',
  things: (count: number) => `${count}\u00a0${plural(count)}`,
  pay: (amount: string) => `Оплатить ${amount}`,
  starting: 'Готовим оплату…',
  gift: 'Подарочный сертификат',
  giftLead: 'На любую сумму от 100 до 100 000 ₽, копейки тоже считаются.',
  giftLabel: 'Сумма, ₽',
  giftBuy: 'Купить',
  giftBad: 'Введите сумму от 100 до 100 000 ₽, например 1 500,50',
  phone: 'Откройте магазин на телефоне',
  phoneLead: 'Телефон должен быть в той же сети.',
  phoneCode: 'QR-код с адресом магазина',
  checkout: 'Оплата заказа',
  order: 'Заказ',
  total: 'Итого',
  back: 'В магазин',
  paid: 'Спасибо, заказ оплачен',
  paidLead: 'Соберём и отправим его сегодня.',
  failed: 'Заказ ещё не оплачен',
  failedLead: 'Корзина на месте: можно заплатить ещё раз.',
  retry: 'Оплатить заново',
  extra: {
    returning: (amount: string) => `Пришёл лишний платёж: ${amount}. Возвращаем его.`,
    returned: (amount: string) => `Лишний платёж, ${amount}, вернули.`,
    not_returned: (amount: string) =>
      `Пришёл лишний платёж: ${amount}. Сам он не вернулся: вернём вручную и напишем вам.`,
  },
  confirming: 'Получаем подтверждение оплаты…',
  canceledCode: {
    returning: (amount: string) => `Деньги пришли по прежнему, отменённому коду: ${amount}. Возвращаем их.`,
    returned: (amount: string) =>
      `Деньги, пришедшие по прежнему коду, вернули: ${amount}. Заказ ещё не оплачен.`,
    not_returned: (amount: string) =>
      `Деньги пришли по прежнему, отменённому коду: ${amount}. Сами они не вернулись: вернём вручную и напишем вам.`,
  },
  missing: 'Такого заказа нет',
  missingLead: 'Проверьте адрес страницы: возможно, он скопирован не целиком.',
  trouble: 'Не получилось начать оплату. Попробуйте ещё раз.',
  noScript: 'Не получилось загрузить оплату. Обновите страницу.',
  footer: 'Демонстрационный магазин sbp-checkout: товары не отправляются.',
  other: 'English',
};

type Texts = typeof ru;

const en: Texts = {
  name: 'Romashka',
  trade: 'tea and herbs',
  headline: 'Tea worth coming home for',
  lead: 'Herbs picked in the north, dried in the shade, sent the day you order.',
  add: 'Add to cart',
  less: 'Remove one',
  more: 'Add one more',
  cart: 'Cart',
  things: (count) => `${count}\u00a0${count === 1 ? 'item' : 'items'}`,
  pay: (amount) => `Pay ${amount}`,
  starting: 'Preparing your payment…',
  gift: 'Gift certificate',
  giftLead: 'For any amount from ₽100 to ₽100,000, kopecks included.',
  giftLabel: 'Amount, ₽',
  giftBuy: 'Buy',
  giftBad: 'Enter an amount from ₽100 to ₽100,000, e.g. 1,500.50',
  phone: 'Open the shop on your phone',
  phoneLead: 'The phone has to be on the same network.',
  phoneCode: "QR code with the shop's address",
  checkout: 'Payment',
  order: 'Order',
  total: 'Total',
  back: 'Back to the shop',
  paid: 'Thank you, your order is paid',
  paidLead: "We'll pack and send it today.",
  failed: 'The order is not paid yet',
  failedLead: 'Your cart is kept: you can pay again.',
  retry: 'Pay again',
  extra: {
    returning: (amount) => `An extra payment of ${amount} has come. We are giving it back.`,
    returned: (amount) => `The extra payment of ${amount} was given back.`,
    not_returned: (amount) =>
      `An extra payment of ${amount} has come. It didn't go back by itself: we'll return it by hand and write to you.`,
  },
  confirming: 'Waiting for the confirmation…',
  canceledCode: {
    returning: (amount) => `${amount} came by the former code, which was canceled. We are giving it back.`,
    returned: (amount) => `${amount} that came by the former code was given back. The order is not paid yet.`,
    not_returned: (amount) =>
      `${amount} came by the former code, which was canceled. It didn't go back by itself: we'll return it by hand and write to you.`,
  },
  missing: 'There is no such order',
  missingLead: 'Check the address of the page: it may have been copied in part.',
  trouble: "Couldn't start the payment. Try again.",
  noScript: "Couldn't load the payment. Reload the page.",
  footer: 'The demo shop of sbp-checkout: nothing is delivered.',
  other: 'Русский',
};

export const TEXTS: Readonly<Record<Locale, Texts>> = { ru, en };
export type { Texts };

function plural(count: number): string {
  const form = new Intl.PluralRules('ru').select(count);
  return form === 'one' ? 'товар' : form === 'few' ? 'товара' : 'товаров';
}
