import { LINK_COPY_TEXTS, type LinkCopyTexts } from './link-copy.ts';
import type { Dictionary } from './dictionary.ts';

/** The texts of the code's tools, loaded with them. */
export interface CodeToolsTexts extends LinkCopyTexts {
  readonly sendLink: string;
  /** The subject of the message that carries the link. */
  readonly linkSubject: string;
  readonly enlarge: string;
  readonly close: string;
}

export const CODE_TOOLS_TEXTS: Dictionary<CodeToolsTexts> = {
  ru: {
    ...LINK_COPY_TEXTS.ru,
    sendLink: 'Отправить на телефон',
    linkSubject: 'Оплата {amount}, {shop}',
    enlarge: 'Увеличить код',
    close: 'Закрыть',
  },
  en: {
    ...LINK_COPY_TEXTS.en,
    sendLink: 'Send to my phone',
    linkSubject: 'Payment of {amount}, {shop}',
    enlarge: 'Enlarge the code',
    close: 'Close',
  },
};
