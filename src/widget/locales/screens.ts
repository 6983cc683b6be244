import type { Dictionary } from './dictionary.ts';

/** The texts of the screens, loaded with the element. The other files hold the texts of parts that are loaded later. */
export interface ScreenTexts {
  readonly payment: string;
  /** The mark of a test payment. `sandbox` is shown when it is certain that no money moves. */
  readonly test: string;
  readonly sandbox: string;
  readonly loading: string;
  readonly chooseMethod: string;
  readonly otherMethod: string;
  readonly title: string;
  readonly sberTitle: string;
  readonly formTitle: string;
  readonly scanTitle: string;
  readonly steps: readonly [string, string, string];
  /** A SberPay code works only when Sber's own app scans it. */
  readonly sberSteps: readonly [string, string, string];
  readonly chooseBank: string;
  readonly tryAgain: string;
  readonly qrTitle: string;
  readonly qrLabel: string;
  readonly timeLeft: string;
  readonly timeToPay: string;
  readonly hurry: string;
  readonly live: string;
  /** Replaces `live` while the bank or the companion is at work. */
  readonly updates: string;
  readonly thisDevice: string;
  readonly waiting: string;
  readonly waitingForm: string;
  readonly showQr: string;
  readonly check: string;
  readonly cancel: string;
  readonly checkingNow: string;
  readonly notPaidYet: string;
  readonly notChecked: string;
  readonly processing: string;
  readonly checking: string;
  readonly paid: string;
  readonly paidLate: string;
  readonly expired: string;
  readonly expiredDetail: string;
  readonly renew: string;
  readonly startAgain: string;
  readonly failed: string;
  /** Why it failed, by the snapshot's `failure`. */
  readonly declined: string;
  readonly unavailable: string;
  /** The next step after a failure: try again on this screen, go back to the shop, or (without both) start in the shop. */
  readonly failedHere: string;
  readonly failedBack: string;
  readonly failedThere: string;
  readonly canceled: string;
  readonly refunded: string;
  readonly partlyRefunded: string;
  readonly refundedPart: string;
  readonly error: string;
  readonly errorDetail: string;
  /** The companion does not allow this page's origin. */
  readonly notHere: string;
  /** No network. */
  readonly offline: string;
  /** The companion does not answer: a title, and the first sentence of the status line. */
  readonly noAnswer: string;
  readonly noAnswerDetail: string;
  /** A part of the element could not be loaded. */
  readonly lost: string;
  /** This device can open neither the app nor the payment link. */
  readonly elsewhere: string;
  readonly payLink: string;
  readonly order: string;
  readonly receipt: string;
  readonly backToShop: string;
}

export const SCREEN_TEXTS: Dictionary<ScreenTexts> = {
  ru: {
    payment: 'Оплата',
    test: 'Тестовый платёж',
    sandbox: 'Тестовый платёж. Деньги не спишутся.',
    loading: 'Готовим оплату…',
    chooseMethod: 'Выберите способ оплаты',
    otherMethod: 'Другой способ оплаты',
    title: 'Оплата через СБП',
    sberTitle: 'Оплата через Сбербанк',
    formTitle: 'Оплата на странице банка',
    scanTitle: 'Покажите QR-код из приложения банка',
    steps: ['Откройте приложение банка или камеру', 'Наведите на код', 'Подтвердите оплату'],
    sberSteps: [
      'Откройте приложение СберБанк Онлайн',
      'Выберите оплату по QR-коду и наведите камеру на код',
      'Подтвердите оплату',
    ],
    chooseBank: 'Выберите банк',
    tryAgain: 'Загрузить ещё раз',
    qrTitle: 'Наведите камеру на код',
    qrLabel: 'QR-код для оплаты {amount}',
    timeLeft: 'Код действует ещё',
    timeToPay: 'На оплату осталось',
    hurry: 'меньше двух минут',
    live: 'Ждём оплату. Страница обновится сама.',
    updates: 'Страница обновится сама.',
    thisDevice: 'Оплатить на этом устройстве',
    waiting: 'Подтвердите оплату в приложении банка',
    waitingForm: 'Завершите оплату на странице банка',
    showQr: 'Показать QR-код',
    check: 'Я оплатил, проверить',
    cancel: 'Отменить оплату',
    checkingNow: 'Проверяем…',
    notPaidYet: 'Банк ещё не подтвердил оплату. Страница обновится сама.',
    notChecked: 'Пока не удалось проверить. Страница обновится сама.',
    processing: 'Банк обрабатывает платёж. Обычно это несколько секунд.',
    checking: 'Проверяем, прошёл ли платёж…',
    paid: 'Оплачено',
    paidLate: 'Платёж дошёл чуть позже срока. Всё в порядке, заказ оплачен.',
    expired: 'Время на оплату вышло',
    expiredDetail: 'Если вы уже оплатили, страница обновится сама.',
    renew: 'Получить новый код',
    startAgain: 'Попробовать ещё раз',
    failed: 'Оплата не прошла',
    declined: 'Банк отклонил платёж.',
    unavailable: 'Платёжная система не приняла этот платёж.',
    failedHere: 'Попробуйте ещё раз или выберите другой банк.',
    failedBack: 'Вернитесь в магазин и попробуйте ещё раз.',
    failedThere: 'Чтобы попробовать ещё раз, начните оплату заново в магазине.',
    canceled: 'Оплата отменена',
    refunded: 'Деньги возвращены',
    partlyRefunded: 'Часть денег возвращена',
    refundedPart: 'Возвращено {part} из {amount}',
    error: 'Не удалось открыть оплату',
    errorDetail: 'Ссылка недействительна или устарела: вернитесь в магазин и начните заново.',
    notHere:
      'Магазин ещё не настроил оплату на этой странице. Сообщите ему об этом или оплатите другим способом.',
    noAnswer: 'Сервис оплаты не отвечает',
    noAnswerDetail: 'Страница пробует связаться с ним сама. Если вы уже оплатили, платить ещё раз не нужно.',
    offline: 'Нет связи. Обновим статус, как только интернет появится.',
    lost: 'Часть страницы не загрузилась. Оплата не потеряется.',
    elsewhere: 'На этом устройстве ссылка не откроется: оплатите с другого.',
    payLink: 'Открыть ссылку на оплату',
    order: 'Заказ {id}',
    receipt: 'Открыть чек',
    backToShop: 'Вернуться в магазин',
  },
  en: {
    payment: 'Payment',
    test: 'Test payment',
    sandbox: 'Test payment. No money will be taken.',
    loading: 'Preparing your payment…',
    chooseMethod: 'Choose how to pay',
    otherMethod: 'Pay another way',
    title: 'Pay with SBP',
    sberTitle: 'Pay with Sberbank',
    formTitle: "Pay on the bank's page",
    scanTitle: 'Show the QR code from your bank app',
    steps: ['Open your bank app or camera', 'Point it at the code', 'Confirm the payment'],
    sberSteps: [
      'Open the SberBank Online app',
      'Choose to pay by QR code and point the camera at it',
      'Confirm the payment',
    ],
    chooseBank: 'Choose your bank',
    tryAgain: 'Load again',
    qrTitle: 'Point a camera at the code',
    qrLabel: 'QR code to pay {amount}',
    timeLeft: 'Code valid for',
    timeToPay: 'Time left to pay:',
    hurry: 'less than two minutes',
    live: 'Waiting for your payment. This page updates itself.',
    updates: 'This page updates itself.',
    thisDevice: 'Pay on this device',
    waiting: 'Confirm the payment in your bank app',
    waitingForm: "Complete the payment on the bank's page",
    showQr: 'Show QR code',
    check: "I've paid, check",
    cancel: 'Cancel payment',
    checkingNow: 'Checking…',
    notPaidYet: "Your bank hasn't confirmed the payment yet. This page updates itself.",
    notChecked: "Couldn't check just now. This page updates itself.",
    processing: 'Your bank is processing the payment. It usually takes seconds.',
    checking: 'Checking whether the payment went through…',
    paid: 'Paid',
    paidLate: 'The payment arrived a little late. All good: your order is paid.',
    expired: 'Time to pay has run out',
    expiredDetail: 'If you have already paid, this page will update by itself.',
    renew: 'Get a new code',
    startAgain: 'Try again',
    failed: "Payment didn't go through",
    declined: 'The bank declined it.',
    unavailable: "The payment system didn't take this payment.",
    failedHere: 'Try again or choose another bank.',
    failedBack: 'Go back to the shop and try again.',
    failedThere: 'To try again, start the payment anew in the shop.',
    canceled: 'Payment canceled',
    refunded: 'Refunded',
    partlyRefunded: 'Partly refunded',
    refundedPart: '{part} of {amount} refunded',
    error: "Couldn't open this payment",
    errorDetail: 'The link is invalid or out of date: go back to the shop and start again.',
    notHere: "The shop hasn't set up payment on this page yet. Let them know, or pay another way.",
    noAnswer: "The payment service isn't responding",
    noAnswerDetail: "This page keeps trying. If you have already paid, you don't need to pay again.",
    offline: "You're offline. We'll update as soon as you're back.",
    lost: "Part of this page didn't load. Your payment won't be lost.",
    elsewhere: "The link doesn't open on this device: pay with another one.",
    payLink: 'Open the payment link',
    order: 'Order {id}',
    receipt: 'Open the receipt',
    backToShop: 'Back to the shop',
  },
};
