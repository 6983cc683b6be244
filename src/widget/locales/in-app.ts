import { LINK_COPY_TEXTS, type LinkCopyTexts } from './link-copy.ts';
import type { Dictionary } from './dictionary.ts';

/** The texts of the notice in an in-app browser, loaded with it. */
export interface InAppTexts extends LinkCopyTexts {
  readonly rescueIos: string;
  readonly rescueAndroid: string;
  /** Shown after a tap on a bank. */
  readonly rescueBank: string;
  readonly openInBrowser: string;
  /** How to leave by the app's menu. Name only entries that are known to exist. */
  readonly rescueMenuIos: string;
  readonly rescueMenuAndroid: string;
  readonly rescueMenuMeta: string;
  readonly pasteLink: string;
  readonly shareLink: string;
}

export const IN_APP_TEXTS: Dictionary<InAppTexts> = {
  ru: {
    ...LINK_COPY_TEXTS.ru,
    rescueIos: 'Этот браузер не открывает приложения банков. Откройте страницу в Safari.',
    rescueAndroid:
      'Этот браузер не открывает приложения банков. Откройте страницу в Chrome или другом браузере.',
    rescueBank: 'Чтобы перейти в «{bank}», откройте страницу в другом браузере.',
    openInBrowser: 'Открыть в браузере',
    rescueMenuIos: 'В меню этого браузера (⋯) выберите «Открыть в Safari».',
    rescueMenuAndroid: 'В меню этого браузера (⋮) выберите «Открыть в браузере».',
    rescueMenuMeta: 'Нажмите ⋯ вверху экрана и выберите «Открыть во внешнем браузере».',
    pasteLink: 'Вставьте ссылку в адресную строку браузера.',
    shareLink: 'Поделиться',
  },
  en: {
    ...LINK_COPY_TEXTS.en,
    rescueIos: "This browser can't open bank apps. Open the page in Safari.",
    rescueAndroid: "This browser can't open bank apps. Open the page in Chrome or another browser.",
    rescueBank: 'To go to {bank}, open this page in another browser.',
    openInBrowser: 'Open in browser',
    rescueMenuIos: "In this browser's menu (⋯), choose “Open in Safari”.",
    rescueMenuAndroid: "In this browser's menu (⋮), choose “Open in browser”.",
    rescueMenuMeta: 'Tap ⋯ at the top of the screen and choose “Open in external browser”.',
    pasteLink: "Paste the link into your browser's address bar.",
    shareLink: 'Share',
  },
};
