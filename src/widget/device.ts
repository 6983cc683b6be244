import type { Device, DeviceType } from '../protocol/snapshot.ts';

export interface DeviceHints {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  /** The main pointer is a finger. */
  readonly coarse: boolean;
  /** Of the screen, in CSS pixels. */
  readonly shortSide: number;
}

/** Where Android draws the line between its phones and its tablets; no iPad is smaller. */
const TABLET_SIDE = 600;

/**
 * What the payer holds. The server reads it from the request; the page corrects what a request cannot tell (an iPad
 * introduces itself as a Mac, an Android tablet that asks for desktop sites as a Linux machine, a foldable is now a
 * phone and now a tablet) and guesses by itself until, or where, the server says nothing.
 */
export function deviceType(told: Device | null, hints: DeviceHints): DeviceType {
  const type = told?.type ?? 'desktop';
  if (!isInHand(type, hints)) return type;
  return hints.shortSide < TABLET_SIDE ? 'mobile' : 'tablet';
}

/** Touch alone does not tell: there are laptops with touchscreens, and tablets with a mouse. */
function isInHand(type: DeviceType, { userAgent, maxTouchPoints, coarse }: DeviceHints): boolean {
  if (userAgent.includes('Macintosh')) return maxTouchPoints > 1;
  if (/Windows|CrOS/.test(userAgent)) return false;
  return coarse || (maxTouchPoints > 0 && (type !== 'desktop' || /Android|iP/.test(userAgent)));
}

export function deviceHints(): DeviceHints {
  return {
    userAgent: navigator.userAgent,
    maxTouchPoints: navigator.maxTouchPoints,
    coarse: matchMedia('(pointer: coarse)').matches,
    shortSide: Math.min(screen.width, screen.height),
  };
}
