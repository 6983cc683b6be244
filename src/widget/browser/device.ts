import type { Platform } from '../../protocol/banks.ts';
import type { Device, DeviceType } from '../../protocol/snapshot.ts';

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
  if (isInHand(type, hints)) return hints.shortSide < TABLET_SIDE ? 'mobile' : 'tablet';
  // Android where no finger reaches the screen: a laptop.
  return type === 'tablet' && !hints.maxTouchPoints && /Android|X11/.test(hints.userAgent) ? 'desktop' : type;
}

/**
 * Returns the platform whose bank links open there, if the page knows better than the request: iPads and Android devices that call
 * themselves desktops, and laptops that call themselves tablets. `null`: as the companion has read it.
 */
export function correctedPlatform(told: Device | null, hints: DeviceHints): Platform | null {
  const isDesktop = deviceType(told, hints) === 'desktop';
  if (isDesktop === ((told?.type ?? 'desktop') === 'desktop')) return null;
  if (isDesktop) return 'desktop';
  return /Macintosh|iP/.test(hints.userAgent) ? 'ios' : 'android';
}

/** Touch alone does not tell: there are laptops with touchscreens, and tablets with a mouse. */
function isInHand(type: DeviceType, { userAgent, maxTouchPoints, coarse }: DeviceHints): boolean {
  if (userAgent.includes('Macintosh')) return maxTouchPoints > 1;
  if (/Windows|CrOS|Chromebook|Android-x86|TV\b|Web0S/.test(userAgent)) return false;
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
