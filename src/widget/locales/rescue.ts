import type { InApp } from '../in-app.ts';
import type { Locale } from './locale.ts';

/** The words of the way out of an app's own browser: loaded with it. */
export interface RescueTexts {
  readonly notice: (platform: InApp['platform']) => string;
  /** The payer has tapped a bank all the same. */
  readonly held: (bank: string) => string;
  readonly open: string;
  /** By the app's own menu. Names only what is known to be there. */
  readonly menu: (inApp: InApp) => string;
  readonly share: string;
  readonly paste: string;
}

export const RESCUE_TEXTS: Readonly<Record<Locale, RescueTexts>> = {
  ru: {
    notice: (platform) =>
      `Этот браузер не открывает приложения банков. Откройте страницу в ${platform === 'ios' ? 'Safari' : 'Chrome или другом браузере'}.`,
    held: (bank) => `Чтобы перейти в «${bank}», откройте страницу в другом браузере.`,
    open: 'Открыть в браузере',
    menu: ({ app, platform }) => {
      if (app === 'instagram' || app === 'facebook') {
        return 'Нажмите ⋯ вверху экрана и выберите «Открыть во внешнем браузере».';
      }
      return platform === 'ios'
        ? 'В меню этого браузера (⋯) выберите «Открыть в Safari».'
        : 'В меню этого браузера (⋮) выберите «Открыть в браузере».';
    },
    share: 'Поделиться',
    paste: 'Вставьте её в адресную строку браузера.',
  },
  en: {
    notice: (platform) =>
      `This browser can't open bank apps. Open the page in ${platform === 'ios' ? 'Safari' : 'Chrome or another browser'}.`,
    held: (bank) => `To go to ${bank}, open this page in another browser.`,
    open: 'Open in browser',
    menu: ({ app, platform }) => {
      if (app === 'instagram' || app === 'facebook') {
        return 'Tap ⋯ at the top of the screen and choose “Open in external browser”.';
      }
      return platform === 'ios'
        ? "In this browser's menu (⋯) choose “Open in Safari”."
        : "In this browser's menu (⋮) choose “Open in browser”.";
    },
    share: 'Share',
    paste: "Paste it into your browser's address bar.",
  },
};
