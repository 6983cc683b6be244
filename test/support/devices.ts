/**
 * Devices of 2025–26: what their browser sends, what a page can read, and the expected result. The tests of the server
 * and of the page use the same table.
 */
import type { Platform } from '../../src/protocol/banks.ts';
import type { DeviceType } from '../../src/protocol/snapshot.ts';
import type { App, InApp, PageGlobals } from '../../src/widget/browser/in-app-browser.ts';

interface Screen {
  readonly maxTouchPoints: number;
  readonly coarse: boolean;
  /** CSS pixels. */
  readonly shortSide: number;
}

export interface DeviceCase {
  readonly name: string;
  readonly userAgent: string;
  readonly screen: Screen;
  /** Objects that an app or a script adds to the page. */
  readonly objects: Omit<PageGlobals, 'navigator'>;
  readonly standalone?: boolean;
  /** The result from a request's headers. */
  readonly told: { readonly type: DeviceType; readonly os: string | null; readonly platform: Platform };
  /** The result from the page's own checks. */
  readonly type: DeviceType;
  /** The platform of the bank links that the payer gets in the end. */
  readonly links: Platform;
  readonly inApp: InApp | null;
}

const FINGER = { maxTouchPoints: 5, coarse: true } as const;
const PHONE: Screen = { ...FINGER, shortSide: 390 };
const TABLET: Screen = { ...FINGER, shortSide: 800 };
const MOUSE: Screen = { maxTouchPoints: 0, coarse: false, shortSide: 900 };
/** A laptop with a touchscreen. Its main pointer is the touchpad. */
const TOUCH_LAPTOP: Screen = { maxTouchPoints: 10, coarse: false, shortSide: 864 };

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const IPAD = 'Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const KHTML = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const REDUCED = `Mozilla/5.0 (Linux; Android 10; K) ${KHTML}`;
const GALAXY = `Mozilla/5.0 (Linux; Android 15; SM-S931B) ${KHTML}`;
const WEBVIEW = `Mozilla/5.0 (Linux; Android 15; SM-S931B Build/AP3A.240905.015; wv) ${KHTML} Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36`;
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KHTML}`;
const APPLE_TAIL = 'Mobile/15E148 Safari/604.1';
const OPENER = { openLink: (): void => undefined };

const TOLD_IPHONE = { type: 'mobile', os: 'iOS', platform: 'ios' } as const;
const TOLD_MAC = { type: 'desktop', os: 'Mac OS', platform: 'desktop' } as const;
const TOLD_ANDROID = { type: 'mobile', os: 'Android', platform: 'android' } as const;
const TOLD_ANDROID_TABLET = { ...TOLD_ANDROID, type: 'tablet' } as const;
const TOLD_WINDOWS = { type: 'desktop', os: 'Windows', platform: 'desktop' } as const;
const TOLD_LINUX = { type: 'desktop', os: 'Linux', platform: 'desktop' } as const;

type Rest = Partial<Omit<DeviceCase, 'name' | 'userAgent' | 'inApp'>> & { readonly app?: App };

function device(
  name: string,
  userAgent: string,
  screen: Screen,
  told: DeviceCase['told'],
  { app, objects = {}, ...rest }: Rest = {},
): DeviceCase {
  const platform = /iP|Macintosh/.test(userAgent)
    ? 'ios'
    : userAgent.includes('Android')
      ? 'android'
      : 'other';
  return {
    name,
    userAgent,
    screen,
    told,
    objects,
    type: told.type,
    links: linksFor(userAgent, rest.type ?? told.type),
    inApp: app ? { app, platform } : null,
    ...rest,
  };
}

function linksFor(userAgent: string, type: DeviceType): Platform {
  if (type === 'desktop') return 'desktop';
  return /iP|Macintosh/.test(userAgent) ? 'ios' : 'android';
}

const iphone = (name: string, tail: string, rest?: Rest): DeviceCase =>
  device(name, `${IPHONE} ${tail}`, PHONE, TOLD_IPHONE, rest);
const android = (name: string, userAgent: string, rest?: Rest): DeviceCase =>
  device(name, userAgent, PHONE, TOLD_ANDROID, rest);
const windows = (name: string, tail: string, screen = MOUSE): DeviceCase =>
  device(name, `${WINDOWS} ${tail}`, screen, TOLD_WINDOWS);

export const DEVICES: readonly DeviceCase[] = [
  // Apple's phones. All browsers use the same engine.
  iphone('iPhone, Safari 18', `Version/18.6 ${APPLE_TAIL}`),
  device(
    'iPhone, Safari 26, which says 18 still',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.4 ${APPLE_TAIL}`,
    PHONE,
    TOLD_IPHONE,
  ),
  iphone('iPhone, Chrome', `CriOS/140.0.7339.101 ${APPLE_TAIL}`),
  iphone('iPhone, Yandex Browser', `Version/18.0 YaBrowser/25.8.3.600.10 SA/3 ${APPLE_TAIL}`),
  iphone('iPhone, Firefox', 'FxiOS/142.0 Mobile/15E148 Safari/605.1.15'),
  iphone('iPhone, Opera', `Version/18.6 ${APPLE_TAIL} OPT/5.6.2`),
  iphone('iPhone, a page on the home screen', 'Mobile/15E148', { standalone: true }),
  device('iPhone that asks for the desktop site', `${MAC} Version/18.6 Safari/605.1.15`, PHONE, TOLD_MAC, {
    type: 'mobile',
  }),
  // Apple's tablets, in both forms of User-Agent.
  device('iPad as a Mac', `${MAC} Version/18.6 Safari/605.1.15`, TABLET, TOLD_MAC, { type: 'tablet' }),
  device(
    'iPad as a Mac, with a trackpad',
    `${MAC} Version/26.0 Safari/605.1.15`,
    { ...TABLET, coarse: false },
    TOLD_MAC,
    { type: 'tablet' },
  ),
  device('iPad as an iPad', `${IPAD} Version/18.6 ${APPLE_TAIL}`, TABLET, {
    ...TOLD_IPHONE,
    type: 'tablet',
  }),
  device(
    'iPad mini, Chrome',
    `${IPAD} CriOS/140.0.7339.101 ${APPLE_TAIL}`,
    { ...TABLET, shortSide: 744 },
    {
      ...TOLD_IPHONE,
      type: 'tablet',
    },
  ),
  device('iPad, in an app', MAC, TABLET, TOLD_MAC, { type: 'tablet', app: 'other' }),
  // Android's phones.
  android('Android, Chrome', `${REDUCED} Chrome/140.0.0.0 Mobile Safari/537.36`),
  android(
    'Android, Samsung Internet',
    `${REDUCED} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  ),
  android(
    'Android, Yandex Browser',
    `${REDUCED} Chrome/138.0.0.0 YaBrowser/25.8.2.90.00 SA/3 Mobile Safari/537.36`,
  ),
  android(
    'Android, the Yandex app',
    `${GALAXY} Chrome/138.0.7204.179 YaApp_Android/25.82.1 YaSearchBrowser/25.82.1 BroPP/1.0 SA/3 Mobile Safari/537.36`,
  ),
  android(
    'Android, Mi Browser',
    `Mozilla/5.0 (Linux; U; Android 14; ru-ru; 23090RA98G Build/UP1A.231005.007) ${KHTML} Version/4.0 Chrome/123.0.6312.118 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.38.0-gn`,
  ),
  android(
    'Android, Huawei Browser',
    `Mozilla/5.0 (Linux; Android 12; NOH-NX9; HMSCore 6.14.0.322) ${KHTML} Chrome/114.0.5735.196 HuaweiBrowser/16.0.4.301 Mobile Safari/537.36`,
  ),
  android('Android, Opera', `${REDUCED} Chrome/138.0.0.0 Mobile Safari/537.36 OPR/91.0.0.0`),
  android('Android, Firefox', 'Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0'),
  android('Android, Edge', `${REDUCED} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0`),
  android('Android with a mouse', `${REDUCED} Chrome/140.0.0.0 Mobile Safari/537.36`, {
    screen: { ...PHONE, coarse: false },
  }),
  device(
    'Android that asks for the desktop site',
    `Mozilla/5.0 (X11; Linux x86_64) ${KHTML} Chrome/140.0.0.0 Safari/537.36`,
    PHONE,
    TOLD_LINUX,
    { type: 'mobile' },
  ),
  device(
    'HarmonyOS without Android',
    `Mozilla/5.0 (Phone; OpenHarmony 5.0) ${KHTML} Chrome/132.0.0.0 Safari/537.36 ArkWeb/6.0.0.47 Mobile HuaweiBrowser/5.1.8.303`,
    PHONE,
    { type: 'mobile', os: 'OpenHarmony', platform: 'android' },
  ),
  device(
    'HarmonyOS without Android, a tablet',
    `Mozilla/5.0 (Tablet; OpenHarmony 5.0) ${KHTML} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 HuaweiBrowser/5.0.4.300`,
    TABLET,
    { type: 'tablet', os: 'OpenHarmony', platform: 'android' },
  ),
  device(
    'HarmonyOS without Android, a computer with a touchscreen',
    `Mozilla/5.0 (PC; OpenHarmony 5.0) ${KHTML} Chrome/132.0.0.0 Safari/537.36 ArkWeb/6.0.0.47 HuaweiBrowser/5.1.8.303`,
    TOUCH_LAPTOP,
    { type: 'desktop', os: 'OpenHarmony', platform: 'desktop' },
  ),
  device(
    'HarmonyOS with Android inside',
    `Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN00; HMSCore 6.1.0.314) ${KHTML} Chrome/88.0.4324.93 HuaweiBrowser/11.1.1.310 Mobile Safari/537.36`,
    PHONE,
    { type: 'mobile', os: 'HarmonyOS', platform: 'android' },
  ),
  // Systems with their own apps or without apps. They get desktop links, whose bare scheme does not need Android.
  device(
    'Aurora OS',
    'Mozilla/5.0 (Mobile; Aurora 5.0; rv:102.0) Gecko/102.0 Firefox/102.0',
    PHONE,
    { type: 'mobile', os: null, platform: 'desktop' },
    { links: 'desktop' },
  ),
  device(
    'KaiOS, which has keys and no touchscreen',
    'Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5',
    { maxTouchPoints: 0, coarse: false, shortSide: 240 },
    { type: 'mobile', os: 'KAIOS', platform: 'desktop' },
    { links: 'desktop' },
  ),
  // Foldables: a phone or a tablet, depending on their current state.
  android(
    'foldable, folded',
    `Mozilla/5.0 (Linux; Android 15; SM-F956B) ${KHTML} Chrome/140.0.0.0 Mobile Safari/537.36`,
    {
      screen: { ...FINGER, shortSide: 373 },
    },
  ),
  android(
    'foldable, unfolded after the page was loaded',
    `${REDUCED} Chrome/140.0.0.0 Mobile Safari/537.36`,
    {
      screen: { ...FINGER, shortSide: 674 },
      type: 'tablet',
    },
  ),
  device(
    'foldable, folded after the page was loaded',
    `${REDUCED} Chrome/140.0.0.0 Safari/537.36`,
    { ...FINGER, shortSide: 373 },
    TOLD_ANDROID_TABLET,
    { type: 'mobile' },
  ),
  // Android's tablets.
  device('Android tablet, Chrome', `${REDUCED} Chrome/140.0.0.0 Safari/537.36`, TABLET, TOLD_ANDROID_TABLET),
  device(
    'Android tablet, Samsung Internet',
    `Mozilla/5.0 (Linux; Android 15; SM-X820) ${KHTML} SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36`,
    TABLET,
    TOLD_ANDROID_TABLET,
  ),
  device(
    'Android tablet that asks for desktop sites, as large ones do',
    `Mozilla/5.0 (X11; Linux x86_64) ${KHTML} Chrome/140.0.0.0 Safari/537.36`,
    TABLET,
    TOLD_LINUX,
    { type: 'tablet' },
  ),
  device(
    'Android tablet, docked to a keyboard and a mouse',
    `${REDUCED} Chrome/140.0.0.0 Safari/537.36`,
    { ...TABLET, coarse: false },
    TOLD_ANDROID_TABLET,
  ),
  // Android on computers.
  device(
    'Android on a laptop without a touchscreen',
    `${REDUCED} Chrome/140.0.0.0 Safari/537.36`,
    MOUSE,
    TOLD_ANDROID_TABLET,
    { type: 'desktop' },
  ),
  device(
    'Android-x86',
    `Mozilla/5.0 (Linux; Android 9; Generic Build/PI; Android-x86) ${KHTML} Chrome/90.0.4430.91 Safari/537.36`,
    TOUCH_LAPTOP,
    { type: 'desktop', os: 'Android-x86', platform: 'desktop' },
  ),
  // Televisions: the payer scans the code with a phone.
  device(
    'Android TV',
    `Mozilla/5.0 (Linux; Android 12; MiTV-AXSO2 Build/STT1) ${KHTML} Chrome/120.0.0.0 Safari/537.36`,
    { maxTouchPoints: 1, coarse: true, shortSide: 1080 },
    { type: 'desktop', os: 'Android', platform: 'desktop' },
  ),
  device(
    'webOS TV',
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${KHTML} Chrome/87.0.4280.88 Safari/537.36 WebAppManager`,
    { maxTouchPoints: 0, coarse: true, shortSide: 720 },
    { type: 'desktop', os: 'webOS', platform: 'desktop' },
  ),
  // Browsers inside apps.
  iphone('Telegram on iOS', `Version/18.6 ${APPLE_TAIL}`, {
    app: 'telegram',
    objects: { TelegramWebviewProxy: {} },
  }),
  iphone('Telegram on iOS, a Mini App', 'Mobile/15E148', {
    app: 'telegram',
    objects: { TelegramWebviewProxy: {}, Telegram: { WebApp: { ...OPENER, platform: 'ios' } } },
  }),
  android(
    'Telegram on Android',
    `Mozilla/5.0 (Linux; Android 15; K) ${KHTML} Chrome/140.0.7339.51 Mobile Safari/537.36`,
    {
      app: 'telegram',
      objects: { TelegramWebview: {} },
    },
  ),
  android(
    'Telegram on Android, a Mini App',
    `Mozilla/5.0 (Linux; Android 15; K) ${KHTML} Chrome/140.0.7339.51 Mobile Safari/537.36 Telegram-Android/12.0.1 (Samsung SM-S931B; Android 15; SDK 35; HIGH)`,
    {
      app: 'telegram',
      objects: { TelegramWebviewProxy: {}, Telegram: { WebApp: { ...OPENER, platform: 'android' } } },
    },
  ),
  iphone('Telegram’s script in Safari', `Version/18.6 ${APPLE_TAIL}`, {
    objects: { Telegram: { WebApp: { ...OPENER, platform: 'unknown' } } },
  }),
  iphone('MAX on iOS, a Mini App', 'Mobile/15E148', {
    app: 'max',
    objects: { WebApp: { ...OPENER, initData: 'query_id=1' } },
  }),
  android('MAX on Android, a Mini App', WEBVIEW, {
    app: 'max',
    objects: { WebApp: { ...OPENER, initData: 'query_id=1' } },
  }),
  android('MAX’s script in Chrome', `${REDUCED} Chrome/140.0.0.0 Mobile Safari/537.36`, {
    objects: { WebApp: { ...OPENER, initData: '' } },
  }),
  iphone('VK on iOS', 'Mobile/15E148 com.vk.vkclient/5213', { app: 'vk' }),
  iphone('VK on iOS, a Mini App', 'Mobile/15E148', {
    app: 'vk',
    objects: { webkit: { messageHandlers: { VKWebAppClose: {} } } },
  }),
  android('VK on Android', `${WEBVIEW} VKAndroidApp/8.142-29512`, { app: 'vk' }),
  android('VK on Android, a Mini App', WEBVIEW, { app: 'vk', objects: { AndroidBridge: {} } }),
  iphone('OK on iOS', 'Mobile/15E148 OkApp', { app: 'ok' }),
  android('OK on Android', `${WEBVIEW} OkKey/CBAFJIICABABABABA OKAndroid/25.8.19 b25081900 OkApp`, {
    app: 'ok',
  }),
  iphone(
    'Instagram on iOS',
    'Mobile/22F76 Instagram 393.1.0.36.70 (iPhone15,3; iOS 18_5; ru_RU; ru; scale=3.00; 1290x2796; IABMV/1; 776538208) Safari/604.1',
    { app: 'instagram' },
  ),
  android(
    'Instagram on Android',
    `${WEBVIEW} Instagram 393.0.0.49.77 Android (35/15; 480dpi; 1080x2120; samsung; SM-S931B; pa1q; qcom; ru_RU; 770111111; IABMV/1)`,
    { app: 'instagram' },
  ),
  iphone(
    'Facebook on iOS',
    'Mobile/22G86 [FBAN/FBIOS;FBAV/525.0.0.53.107;FBBV/756351453;FBDV/iPhone15,3;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBID/phone;FBLC/ru_RU;FBOP/5;IABMV/1]',
    { app: 'facebook' },
  ),
  iphone('Facebook on iOS, by its new name', 'Mobile/22G100 Safari/604.1 MetaIAB Facebook', {
    app: 'facebook',
  }),
  android('Facebook on Android', `${WEBVIEW} [FB_IAB/FB4A;FBAV/525.0.0.53.107;IABMV/1;]`, {
    app: 'facebook',
  }),
  android('Android WebView of an unknown app', WEBVIEW, { app: 'other' }),
  iphone('iOS web view of an unknown app', 'Mobile/15E148', { app: 'other' }),
  // Desktops.
  windows('Windows, Chrome', 'Chrome/140.0.0.0 Safari/537.36'),
  windows('Windows, Edge', 'Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0'),
  windows('Windows, Yandex Browser', 'Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36'),
  device(
    'Windows, Firefox',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0',
    MOUSE,
    TOLD_WINDOWS,
  ),
  windows('Windows with a touchscreen', 'Chrome/140.0.0.0 Safari/537.36', TOUCH_LAPTOP),
  windows('Windows tablet without its keyboard', 'Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', {
    ...TOUCH_LAPTOP,
    coarse: true,
  }),
  device('macOS, Safari', `${MAC} Version/26.0 Safari/605.1.15`, MOUSE, TOLD_MAC),
  device(
    'macOS, Chrome',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${KHTML} Chrome/140.0.0.0 Safari/537.36`,
    MOUSE,
    TOLD_MAC,
  ),
  device(
    'macOS, Yandex Browser',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${KHTML} Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36`,
    MOUSE,
    TOLD_MAC,
  ),
  device(
    'Linux, Chrome',
    `Mozilla/5.0 (X11; Linux x86_64) ${KHTML} Chrome/140.0.0.0 Safari/537.36`,
    MOUSE,
    TOLD_LINUX,
  ),
  device(
    'Linux, Firefox',
    'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
    MOUSE,
    TOLD_LINUX,
  ),
  device(
    'Linux with a touchscreen',
    `Mozilla/5.0 (X11; Linux x86_64) ${KHTML} Chrome/140.0.0.0 Safari/537.36`,
    TOUCH_LAPTOP,
    TOLD_LINUX,
  ),
  device(
    'ChromeOS',
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${KHTML} Chrome/140.0.0.0 Safari/537.36`,
    TOUCH_LAPTOP,
    { type: 'desktop', os: 'Chromium OS', platform: 'desktop' },
  ),
];
