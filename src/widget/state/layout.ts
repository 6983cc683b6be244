import type { Platform } from '../../protocol/banks.ts';
import { isAllowedLink, LONGEST_LINK } from '../../protocol/link-scheme.ts';
import { DEVICE_TYPES, type Device, type DeviceType, type Snapshot } from '../../protocol/snapshot.ts';
import { correctedPlatform, deviceHints, deviceType } from '../browser/device.ts';
import type { EntryMode } from './state.ts';

/**
 * Returns the device to draw for. `configured` is the shop's setting; `detected` is what the companion read from the
 * request.
 */
export function chooseDevice(configured: string, detected: Device | null): DeviceType {
  return DEVICE_TYPES.find((known) => known === configured) ?? deviceType(detected, deviceHints());
}

/**
 * Returns the platform to request bank links for; `null` when the companion has detected it right. The shop's setting does
 * not matter.
 */
export function platformFor(told: Device | null): Platform | null {
  return correctedPlatform(told, deviceHints());
}

/**
 * Returns the safe links to the only app that can pay a SberPay payment; `null` for other methods. Leaves out the deep link on
 * a desktop, where it opens nothing.
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
 * Returns the entry modes to show: both on a tablet, one on other devices, where a button switches to the other one. Only the
 * code when there is no app to open (`hasApp` is false), since the list would stay empty.
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
