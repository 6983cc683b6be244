import type { Platform } from '../../protocol/banks.ts';
import { isAllowedLink, LONGEST_LINK } from '../../protocol/link-scheme.ts';
import { DEVICE_TYPES, type Device, type DeviceType, type Snapshot } from '../../protocol/snapshot.ts';
import { correctedPlatform, deviceHints, deviceType } from '../browser/device.ts';
import type { EntryMode } from './state.ts';

/** `asked`: what the shop says of the device; `told`: what the companion read from the request. */
export function chooseDevice(configured: string, detected: Device | null): DeviceType {
  return DEVICE_TYPES.find((known) => known === configured) ?? deviceType(detected, deviceHints());
}

/** The platform whose bank links to ask for, whatever the shop says of the device; `null` where the companion has read it right. */
export function platformFor(told: Device | null): Platform | null {
  return correctedPlatform(told, deviceHints());
}

/**
 * The links to the one app that a SberPay payment can be paid in, as far as they may be tapped; `null` for other methods.
 * A deep link opens an app: on a desktop it would open nothing.
 */
export function sberLinks(snapshot: Snapshot | null, device: DeviceType, origin: string): string[] | null {
  const offer = snapshot?.presentation;
  if (snapshot?.method !== 'sberpay' || offer?.kind !== 'link') return null;
  const links = [device === 'desktop' ? null : offer.deep_link, offer.url];
  return links.filter(
    (url) => url !== null && url.length <= LONGEST_LINK && isAllowedLink(url, origin),
  ) as string[];
}

/**
 * The ways to pay for this payer: a tablet shows both at once, other devices one of them, with the other one tap away. The code
 * alone where the banks' place would stay empty (`hasApp` is false).
 */
export function chooseEntryModes(
  device: DeviceType,
  chosen: EntryMode | null,
  hasApp = true,
): readonly EntryMode[] {
  if (!hasApp) return ['qr'];
  if (device === 'tablet') return ['qr', 'banks'];
  return [chosen ?? (device === 'mobile' ? 'banks' : 'qr')];
}
