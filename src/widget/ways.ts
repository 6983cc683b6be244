import type { Platform } from '../protocol/banks.ts';
import { DEVICE_TYPES, type Device, type DeviceType } from '../protocol/snapshot.ts';
import { correctedPlatform, deviceHints, deviceType } from './device.ts';
import type { Way } from './state.ts';

/** `asked`: what the shop says of the device; `told`: what the companion read from the request. */
export function chooseDevice(asked: string, told: Device | null): DeviceType {
  return DEVICE_TYPES.find((known) => known === asked) ?? deviceType(told, deviceHints());
}

/** Whose bank links to ask for, whatever the shop says of the device; `null` where the companion has read it right. */
export function platformFor(told: Device | null): Platform | null {
  return correctedPlatform(told, deviceHints());
}

/** What this payer is offered: a tablet both ways at once, other devices one of them, with the other one tap away. */
export function chooseWays(device: DeviceType, chosen: Way | null): readonly Way[] {
  if (device === 'tablet') return ['qr', 'banks'];
  return [chosen ?? (device === 'mobile' ? 'banks' : 'qr')];
}
