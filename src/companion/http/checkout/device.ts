import type { IncomingHttpHeaders } from 'node:http';
import UAParser from 'ua-parser-js';
import type { Platform } from '../../../protocol/banks.ts';
import type { Device, DeviceType } from '../../../protocol/snapshot.ts';

/** Real User-Agents have fewer than 400 characters. An attacker may send a longer one to make the matching expensive. */
const MAX_USER_AGENT_CHARACTERS = 512;

/**
 * Returns the payer's device as the request headers describe it. Chromium sends low-entropy client hints over https without
 * a request for them. They take precedence over the User-Agent, which browsers freeze. The widget corrects what no header
 * shows, such as an iPad with the User-Agent of a Mac.
 */
export function readDevice(headers: IncomingHttpHeaders): Device {
  const userAgent = (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_CHARACTERS);
  const { browser, device, os } = new UAParser(userAgent).getResult();
  const hintedOs = hintedPlatform(headers['sec-ch-ua-platform']);
  return {
    // Without a type in the User-Agent, use the hints: an Android browser in desktop mode still sends them.
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
 * Returns the platform whose bank links work on the device. Returns `desktop` for devices without bank apps: computers
 * (also with Android), television sets, KaiOS. Systems with their own apps, such as Aurora, also get `desktop`: its links
 * include the bare scheme, which does not require Android.
 */
export function platformOf(device: Device): Platform {
  if (device.type === 'desktop') return 'desktop';
  switch (device.os) {
    case 'iOS':
      return 'ios';
    case 'Android':
    case 'HarmonyOS': // runs Android apps and browsers
    case 'OpenHarmony': // runs its own apps, which use the same schemes
      return 'android';
    default:
      return 'desktop';
  }
}

/** Laptops with Android, which ua-parser-js takes for tablets. */
const LAPTOP = /Android-x86|Chromebook/;

/** Returns `desktop` also for `smarttv`, `console` and the like: a phone scans the code from their screens. */
function deviceType(type: string, userAgent: string): DeviceType {
  if (type === 'mobile' || type === 'wearable') return 'mobile';
  return type === 'tablet' && !LAPTOP.test(userAgent) ? 'tablet' : 'desktop';
}

function hintedType(mobile: unknown, hintedOs: string | null): DeviceType {
  if (mobile === '?1') return 'mobile';
  return hintedOs === 'Android' || hintedOs === 'iOS' ? 'tablet' : 'desktop';
}

/** Returns the system of the client hint under its name in ua-parser-js; `null` for an unknown system. */
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
