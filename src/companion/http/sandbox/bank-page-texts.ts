export type BankPageLocale = 'ru' | 'en';

export interface BankPageWords {
  readonly bank: string;
  readonly sandbox: string;
  readonly title: string;
  readonly to: string;
  readonly order: string;
  readonly purpose: string;
  readonly from: string;
  readonly testAccount: string;
  readonly pay: (amount: string) => string;
  readonly paySlowly: string;
  readonly paySlowlyHint: string;
  readonly decline: string;
  readonly processing: Result;
  readonly paid: Result;
  readonly alreadyPaid: Result;
  readonly declined: Result;
  readonly expired: Result;
  readonly canceled: Result;
  readonly unknown: Result;
  readonly back: string;
}

export interface Result {
  readonly title: string;
  readonly detail: string;
}

const ru: BankPageWords = {
  bank: 'Тестовый банк',
  sandbox: 'Тестовый банк · тестовый платёж, деньги не списываются',
  title: 'Подтвердите оплату',
  to: 'Получатель',
  order: 'Заказ',
  purpose: 'Назначение',
  from: 'Счёт списания',
  testAccount: 'Тестовый счёт',
  pay: (amount) => `Оплатить ${amount}`,
  paySlowly: 'Оплатить медленно',
  paySlowlyHint: 'Сначала «в обработке», затем оплачено',
  decline: 'Отклонить',
  processing: {
    title: 'Обрабатываем платёж',
    detail: 'Обычно это несколько секунд. Страница обновится сама.',
  },
  paid: { title: 'Оплачено', detail: 'Вернитесь на страницу магазина: она обновится сама.' },
  alreadyPaid: {
    title: 'Счёт уже оплачен',
    detail: 'Платить второй раз не нужно. Вернитесь на страницу магазина.',
  },
  declined: {
    title: 'Оплата отклонена',
    detail: 'Вернитесь на страницу магазина, чтобы попробовать ещё раз.',
  },
  expired: { title: 'Время на оплату вышло', detail: 'Вернитесь на страницу магазина и получите новый код.' },
  canceled: { title: 'Счёт отменён', detail: 'Вернитесь на страницу магазина, чтобы начать заново.' },
  unknown: { title: 'Счёт не найден', detail: 'Проверьте ссылку или вернитесь на страницу магазина.' },
  back: 'Вернуться в магазин',
};

const en: BankPageWords = {
  bank: 'Test Bank',
  sandbox: 'Test Bank · test payment, no money is taken',
  title: 'Confirm the payment',
  to: 'To',
  order: 'Order',
  purpose: 'For',
  from: 'From',
  testAccount: 'Test account',
  pay: (amount) => `Pay ${amount}`,
  paySlowly: 'Pay slowly',
  paySlowlyHint: '“Processing” first, then paid',
  decline: 'Decline',
  processing: {
    title: 'Processing the payment',
    detail: 'It usually takes seconds. This page updates itself.',
  },
  paid: { title: 'Paid', detail: "Go back to the shop's page: it updates itself." },
  alreadyPaid: {
    title: 'Already paid',
    detail: "There is no need to pay twice. Go back to the shop's page.",
  },
  declined: { title: 'Payment declined', detail: "Go back to the shop's page to try again." },
  expired: { title: 'Time to pay has run out', detail: "Go back to the shop's page and get a new code." },
  canceled: { title: 'Payment canceled', detail: "Go back to the shop's page to start again." },
  unknown: { title: 'Payment not found', detail: "Check the link or go back to the shop's page." },
  back: 'Back to the shop',
};

export const BANK_PAGE_WORDS: Readonly<Record<BankPageLocale, BankPageWords>> = { ru, en };
