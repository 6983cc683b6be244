import type { IncomingHttpHeaders } from 'node:http';
import UAParser from 'ua-parser-js';
import type { Platform } from '../../../protocol/banks.ts';
import type { Device, DeviceType } from '../../../protocol/snapshot.ts';

/** Real ones stay under 400 characters. A longer one may be sent to make the matching expensive. */
const MAX_USER_AGENT_CHARACTERS = 512;

/**
 * What the request says about the payer's device. Low-entropy client hints, which Chromium sends unasked over
 * https, win over the User-Agent, which browsers freeze. What cannot be told from here
 * (an iPad that calls itself a Mac) stays for the widget to correct.
 */
export function readDevice(headers: IncomingHttpHeaders): Device {
  const userAgent = (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_CHARACTERS);
  const { browser, device, os } = new UAParser(userAgent).getResult();
  const hintedOs = hintedPlatform(headers['sec-ch-ua-platform']);
  return {
    // A User-Agent without any type looks like a desktop's: an Android browser asked for the desktop site keeps its hints.
    type: device.type
      ? deviceType(device.type, userAgent)
      : hintedType(headers['sec-ch-ua-mobile'], hintedOs),
    os: hintedOs ?? os.name ?? null,
    browser: browser.name ?? null,
  };
}

/** The request headers that a response depends on if it depends on the device. */
export const DEVICE_HEADERS = 'user-agent, sec-ch-ua-mobile, sec-ch-ua-platform';

/**
 * Returns the platform whose links open a bank's app there. `desktop` for devices without bank apps: computers, also
 * with Android, television sets, KaiOS. Also for systems with their own apps, such as Aurora: the bare scheme among them asks for no Android.
 */
export function platformOf(device: Device): Platform {
  if (device.type === 'desktop') return 'desktop';
  switch (device.os) {
    case 'iOS':
      return 'ios';
    case 'Android':
    case 'HarmonyOS': // runs Android's apps and browsers
    case 'OpenHarmony': // runs its own, by the same schemes
      return 'android';
    default:
      return 'desktop';
  }
}

/** Android on a laptop is read as a tablet's. */
const LAPTOP = /Android-x86|Chromebook/;

/** `smarttv`, `console` and the like show a code to a phone, as a desktop does. */
function deviceType(type: string, userAgent: string): DeviceType {
  if (type === 'mobile' || type === 'wearable') return 'mobile';
  return type === 'tablet' && !LAPTOP.test(userAgent) ? 'tablet' : 'desktop';
}

function hintedType(mobile: unknown, hintedOs: string | null): DeviceType {
  if (mobile === '?1') return 'mobile';
  return hintedOs === 'Android' || hintedOs === 'iOS' ? 'tablet' : 'desktop';
}

/** The hint's own spelling, as ua-parser-js would name the system; `null` for one it does not know. */
function hintedPlatform(header: string | string[] | undefined): string | null {
  switch (header) {
    case '"Android"':
      return 'Android';
    case '"iOS"':
      return 'iOS';
    case '"macOS"':
      return 'Mac OS';
    case '"Windows"':
      return 'Windows';
    default:
      return null;
  }
}
