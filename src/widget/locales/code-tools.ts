import type { Dictionary } from './language.ts';

/** The words of what can be done with a code besides scanning it: loaded with it. */
export interface CodeToolsTexts {
  readonly copyLink: string;
  readonly copied: string;
  readonly copyByHand: string;
  readonly sendLink: string;
  /** Of the message that the link is sent in. */
  readonly linkSubject: string;
  readonly enlarge: string;
  readonly close: string;
}

export const CODE_TOOLS_TEXTS: Dictionary<CodeToolsTexts> = {
  ru: {
    copyLink: 'Скопировать ссылку',
    copied: 'Ссылка скопирована',
    copyByHand: 'Скопируйте ссылку',
    sendLink: 'Отправить на телефон',
    linkSubject: 'Оплата {amount}, {shop}',
    enlarge: 'Увеличить код',
    close: 'Закрыть',
  },
  en: {
    copyLink: 'Copy link',
    copied: 'Link copied',
    copyByHand: 'Copy the link',
    sendLink: 'Send to my phone',
    linkSubject: 'Payment of {amount}, {shop}',
    enlarge: 'Enlarge the code',
    close: 'Close',
  },
};
