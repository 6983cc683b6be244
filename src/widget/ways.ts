import { DEVICE_TYPES, type Device } from '../protocol/snapshot.ts';
import { deviceHints, deviceType } from './device.ts';
import type { Way } from './state.ts';

/**
 * What this payer is offered: a tablet both ways at once, other devices one of them, with the other one tap away.
 * `asked`: what the shop says of the device; `told`: what the companion read from the request.
 */
export function chooseWays(asked: string, told: Device | null, chosen: Way | null): readonly Way[] {
  const type = DEVICE_TYPES.find((known) => known === asked) ?? deviceType(told, deviceHints());
  if (type === 'tablet') return ['qr', 'banks'];
  return [chosen ?? (type === 'mobile' ? 'banks' : 'qr')];
}
