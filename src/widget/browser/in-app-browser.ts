/** The browsers inside other apps that do not open a bank's app from a page, and what can be told of them. */

/** `other`: an Android WebView or an iOS web view that does not say whose it is. */
export type App = 'telegram' | 'max' | 'vk' | 'ok' | 'instagram' | 'facebook' | 'other';

export interface InApp {
  readonly app: App;
  readonly platform: 'ios' | 'android' | 'other';
}

/** What a page can look at. The objects are whoever's: an app's, a script's, or a joker's. */
export interface PageGlobals {
  readonly navigator: {
    readonly userAgent: string;
    readonly maxTouchPoints: number;
    /** iOS: started from the home screen, where there is no app around and links work. */
    readonly standalone?: unknown;
  };
  /** Telegram's own browser on Android. */
  readonly TelegramWebview?: unknown;
  /** A Mini App of Telegram, and its browser on iOS. */
  readonly TelegramWebviewProxy?: unknown;
  /** Telegram's script; outside of Telegram its platform is `unknown`. */
  readonly Telegram?: { readonly WebApp?: LinkOpener & { readonly platform?: unknown } };
  /** MAX's script; outside of MAX it has no data. */
  readonly WebApp?: LinkOpener & { readonly initData?: unknown };
  /** VK's on Android. */
  readonly AndroidBridge?: unknown;
  readonly webkit?: { readonly messageHandlers?: { readonly VKWebAppClose?: unknown } };
}

/** Opens an address outside of the app; to be called in the payer's own tap. */
export interface LinkOpener {
  readonly openLink?: unknown;
}

const BY_USER_AGENT: readonly (readonly [App, RegExp])[] = [
  ['instagram', /Instagram/],
  ['facebook', /FBA[NV]|FB_IAB|MetaIAB/],
  ['vk', /VKAndroidApp|com\.vk\.vkclient/],
  ['ok', /OkApp|OKAndroid/],
];

/** `null` in a browser of its own. */
export function inAppBrowser(page: PageGlobals = window): InApp | null {
  const platform = platformOf(page);
  const app = byObjects(page) ?? byUserAgent(page, platform);
  return app && { app, platform };
}

function platformOf({ navigator: { userAgent, maxTouchPoints } }: PageGlobals): InApp['platform'] {
  if (/iP(?:hone|ad|od)/.test(userAgent)) return 'ios';
  if (userAgent.includes('Macintosh') && maxTouchPoints > 1) return 'ios'; // an iPad
  return userAgent.includes('Android') ? 'android' : 'other';
}

function byObjects(page: PageGlobals): App | null {
  try {
    if (page.TelegramWebviewProxy || page.TelegramWebview) return 'telegram';
    const platform = page.Telegram?.WebApp?.platform;
    if (typeof platform === 'string' && platform !== 'unknown') return 'telegram';
    if (page.WebApp?.initData) return 'max';
    return page.AndroidBridge || page.webkit?.messageHandlers?.VKWebAppClose ? 'vk' : null;
  } catch {
    return null; // an object that throws when it is looked at is nobody's app
  }
}

function byUserAgent({ navigator }: PageGlobals, platform: InApp['platform']): App | null {
  const { userAgent, standalone } = navigator;
  const named = BY_USER_AGENT.find(([, pattern]) => pattern.test(userAgent));
  if (named) return named[0];
  if (platform === 'ios') return userAgent.includes('Safari/') || standalone === true ? null : 'other';
  return userAgent.includes('; wv)') ? 'other' : null;
}

/** Whether an intent leads out of it: Instagram and Facebook have stopped following them in 2024. */
export function followsIntents({ app, platform }: InApp): boolean {
  return platform === 'android' && app !== 'instagram' && app !== 'facebook';
}
