import type { Dictionary } from './dictionary.ts';

type NameAndNeeds = readonly [name: string, needs: string];

/** The texts of methods, forms, scanner, phone message, renewal and cancel, loaded with the first payment that needs one. */
export interface OtherMethodsTexts {
  /** A method's name, and what the payer needs for it. */
  readonly methodSbp: NameAndNeeds;
  readonly methodSberpay: NameAndNeeds;
  readonly methodBuyerQr: NameAndNeeds;
  readonly slow: string;
  readonly chosen: string;
  readonly methodRefused: string;
  readonly pushLead: string;
  readonly phone: string;
  readonly send: string;
  readonly sendAgain: string;
  readonly sent: string;
  readonly notPhone: string;
  readonly notSent: string;
  readonly formDetail: string;
  readonly toForm: string;
  readonly formHelp: string;
  readonly openAgain: string;
  readonly scanHint: string;
  readonly code: string;
  readonly charge: string;
  readonly charging: string;
  readonly noCode: string;
  readonly codeRefused: string;
  readonly codeNotNow: string;
  readonly reallyCancel: string;
  readonly goOn: string;
  readonly cancelNow: string;
  readonly cancelNotNow: string;
  readonly trouble: string;
  readonly tooOften: string;
  /** Used when the pause is unknown. */
  readonly tooOftenNow: string;
}

export const OTHER_METHODS_TEXTS: Dictionary<OtherMethodsTexts> = {
  ru: {
    methodSbp: ['СБП', 'Через приложение любого банка'],
    methodSberpay: ['Сбербанк', 'Через приложение СберБанк Онлайн'],
    methodBuyerQr: ['Мой QR-код', 'Покажу код из приложения банка'],
    slow: 'Это занимает больше времени, чем обычно.',
    chosen: 'выбрано',
    methodRefused: 'Этот способ сейчас недоступен. Выберите другой.',
    pushLead: 'Или пришлём уведомление в приложение банка',
    phone: 'Номер телефона',
    send: 'Отправить',
    sendAgain: 'Отправить ещё раз',
    sent: 'Отправили. Откройте уведомление на телефоне.',
    notPhone: 'Проверьте номер: нужен российский, например +7 999 000-11-22.',
    notSent: 'Не удалось отправить. Проверьте номер и попробуйте ещё раз.',
    formDetail: 'Откроется страница банка: там вы подтвердите оплату.',
    toForm: 'Перейти к оплате',
    formHelp: 'Страница не открылась?',
    openAgain: 'Открыть ещё раз',
    scanHint: 'Поднесите его к сканеру или вставьте текст кода.',
    code: 'Код из приложения банка',
    charge: 'Оплатить {amount}',
    charging: 'Проводим оплату…',
    noCode: 'Отсканируйте или вставьте код.',
    codeRefused: 'Код не подошёл. Обновите его в приложении банка и отсканируйте ещё раз.',
    codeNotNow: 'Сейчас код не принимается. Подождите немного: страница обновится сама.',
    reallyCancel: 'Отменить оплату?',
    goOn: 'Продолжить оплату',
    cancelNow: 'Да, отменить',
    cancelNotNow: 'Сейчас отменить нельзя: платёж уже обрабатывается. Страница обновится сама.',
    trouble: 'Не получилось. Проверьте интернет и попробуйте ещё раз.',
    tooOften: 'Слишком много попыток. Подождите {seconds} с и попробуйте ещё раз.',
    tooOftenNow: 'Слишком много попыток. Подождите немного и попробуйте ещё раз.',
  },
  en: {
    methodSbp: ['SBP', "With any bank's app"],
    methodSberpay: ['Sberbank', 'With the SberBank Online app'],
    methodBuyerQr: ['My QR code', "I'll show the code from my bank app"],
    slow: 'This is taking longer than usual.',
    chosen: 'chosen',
    methodRefused: "This way to pay isn't available now. Choose another one.",
    pushLead: 'Or get a notification in your bank app',
    phone: 'Phone number',
    send: 'Send',
    sendAgain: 'Send again',
    sent: 'Sent. Open the notification on your phone.',
    notPhone: 'Check the number: it has to be a Russian one, such as +7 999 000-11-22.',
    notSent: "It couldn't be sent. Check the number and try again.",
    formDetail: "The bank's page will open: confirm the payment there.",
    toForm: 'Continue to payment',
    formHelp: "Page didn't open?",
    openAgain: 'Open again',
    scanHint: 'Hold it to the scanner or paste the text of the code.',
    code: 'Code from your bank app',
    charge: 'Pay {amount}',
    charging: 'Taking the payment…',
    noCode: 'Scan or paste the code.',
    codeRefused: "The code didn't work. Refresh it in your bank app and scan it again.",
    codeNotNow: "The code can't be taken right now. Wait a little: this page updates itself.",
    reallyCancel: 'Cancel this payment?',
    goOn: 'Keep paying',
    cancelNow: 'Yes, cancel',
    cancelNotNow: "It can't be canceled now: the payment is being processed. This page updates itself.",
    trouble: "That didn't work. Check your connection and try again.",
    tooOften: 'Too many attempts. Wait {seconds} s and try again.',
    tooOftenNow: 'Too many attempts. Wait a little and try again.',
  },
};
