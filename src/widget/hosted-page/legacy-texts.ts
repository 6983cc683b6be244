/** The texts of the plain page. Texts that the element has too are equal to its texts (a test compares them). */
export interface LegacyTexts {
  readonly test: string;
  readonly sandbox: string;
  readonly loading: string;
  readonly title: string;
  readonly chooseMethod: string;
  readonly methodSbp: string;
  readonly methodSberpay: string;
  readonly hint: string;
  readonly payLink: string;
  readonly toForm: string;
  readonly newer: string;
  readonly live: string;
  readonly processing: string;
  readonly checking: string;
  readonly paid: string;
  readonly failed: string;
  readonly failedThere: string;
  readonly expired: string;
  readonly expiredDetail: string;
  readonly renew: string;
  readonly canceled: string;
  readonly refunded: string;
  readonly partial_refunded: string;
  readonly error: string;
  readonly errorDetail: string;
  readonly notChecked: string;
  readonly order: string;
  readonly backToShop: string;
}

export const LEGACY_TEXTS: Readonly<Record<'ru' | 'en', LegacyTexts>> = {
  ru: {
    test: 'Тестовый платёж',
    sandbox: 'Тестовый платёж. Деньги не спишутся.',
    loading: 'Готовим оплату…',
    title: 'Оплата через СБП',
    chooseMethod: 'Выберите способ оплаты',
    methodSbp: 'СБП',
    methodSberpay: 'Сбербанк',
    hint: 'Наведите на код камеру телефона или откройте ссылку.',
    payLink: 'Открыть ссылку на оплату',
    toForm: 'Перейти к оплате',
    newer: 'В этом браузере так оплатить нельзя. Откройте эту страницу в другом браузере.',
    live: 'Ждём оплату. Страница обновится сама.',
    processing: 'Банк обрабатывает платёж. Обычно это несколько секунд.',
    checking: 'Проверяем, прошёл ли платёж…',
    paid: 'Оплачено',
    failed: 'Оплата не прошла',
    failedThere: 'Чтобы попробовать ещё раз, начните оплату заново в магазине.',
    expired: 'Время на оплату вышло',
    expiredDetail: 'Если вы уже оплатили, страница обновится сама.',
    renew: 'Получить новый код',
    canceled: 'Оплата отменена',
    refunded: 'Деньги возвращены',
    partial_refunded: 'Часть денег возвращена',
    error: 'Не удалось открыть оплату',
    errorDetail: 'Ссылка недействительна или устарела: вернитесь в магазин и начните заново.',
    notChecked: 'Пока не удалось проверить. Страница обновится сама.',
    order: 'Заказ {id}',
    backToShop: 'Вернуться в магазин',
  },
  en: {
    test: 'Test payment',
    sandbox: 'Test payment. No money will be taken.',
    loading: 'Preparing your payment…',
    title: 'Pay with SBP',
    chooseMethod: 'Choose how to pay',
    methodSbp: 'SBP',
    methodSberpay: 'Sberbank',
    hint: 'Point your phone’s camera at the code or open the link.',
    payLink: 'Open the payment link',
    toForm: 'Go to payment',
    newer: 'This browser can’t pay this way. Open this page in another browser.',
    live: 'Waiting for your payment. This page updates itself.',
    processing: 'Your bank is processing the payment. It usually takes seconds.',
    checking: 'Checking whether the payment went through…',
    paid: 'Paid',
    failed: "Payment didn't go through",
    failedThere: 'To try again, start the payment anew in the shop.',
    expired: 'Time to pay has run out',
    expiredDetail: 'If you have already paid, this page will update by itself.',
    renew: 'Get a new code',
    canceled: 'Payment canceled',
    refunded: 'Refunded',
    partial_refunded: 'Partly refunded',
    error: "Couldn't open this payment",
    errorDetail: 'The link is invalid or out of date: go back to the shop and start again.',
    notChecked: "Couldn't check just now. This page updates itself.",
    order: 'Order {id}',
    backToShop: 'Back to the shop',
  },
};
