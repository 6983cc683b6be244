/** Detects in-app browsers, which do not open a bank's app from a page. */

/** `other` is an Android WebView or an iOS web view of an unknown app. */
export type App = 'telegram' | 'max' | 'vk' | 'ok' | 'instagram' | 'facebook' | 'other';

export interface InApp {
  readonly app: App;
  readonly platform: 'ios' | 'android' | 'other';
}

/** The globals that are inspected. Apps set some of these objects, but any script may set them, too. */
export interface PageGlobals {
  readonly navigator: {
    readonly userAgent: string;
    readonly maxTouchPoints: number;
    /** iOS: true if the page was started from the home screen, where links work. */
    readonly standalone?: unknown;
  };
  /** Set by Telegram's browser on Android. */
  readonly TelegramWebview?: unknown;
  /** Set by Telegram's Mini Apps, and by its browser on iOS. */
  readonly TelegramWebviewProxy?: unknown;
  /** Set by Telegram's script. Outside Telegram its platform is `unknown`. */
  readonly Telegram?: { readonly WebApp?: LinkOpener & { readonly platform?: unknown } };
  /** Set by MAX's script. Outside MAX it has no data. */
  readonly WebApp?: LinkOpener & { readonly initData?: unknown };
  /** Set by VK on Android. */
  readonly AndroidBridge?: unknown;
  readonly webkit?: { readonly messageHandlers?: { readonly VKWebAppClose?: unknown } };
}

/** Opens an address outside the app. Works only during the payer's tap. */
export interface LinkOpener {
  readonly openLink?: unknown;
}

const BY_USER_AGENT: readonly (readonly [App, RegExp])[] = [
  ['instagram', /Instagram/],
  ['facebook', /FBA[NV]|FB_IAB|MetaIAB/],
  ['vk', /VKAndroidApp|com\.vk\.vkclient/],
  ['ok', /OkApp|OKAndroid/],
];

/** Returns `null` in an ordinary browser. */
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
    return null; // an object that throws on access is not an app's
  }
}

function byUserAgent({ navigator }: PageGlobals, platform: InApp['platform']): App | null {
  const { userAgent, standalone } = navigator;
  const named = BY_USER_AGENT.find(([, pattern]) => pattern.test(userAgent));
  if (named) return named[0];
  if (platform === 'ios') return userAgent.includes('Safari/') || standalone === true ? null : 'other';
  return userAgent.includes('; wv)') ? 'other' : null;
}

/** Returns true if the browser follows Android intents. Instagram and Facebook stopped that in 2024. */
export function followsIntents({ app, platform }: InApp): boolean {
  return platform === 'android' && app !== 'instagram' && app !== 'facebook';
}
