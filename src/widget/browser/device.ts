import type { Platform } from '../../protocol/banks.ts';
import type { Device, DeviceType } from '../../protocol/snapshot.ts';

export interface DeviceHints {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  /** True if the main pointer is a finger. */
  readonly coarse: boolean;
  /** The shorter side of the screen, in CSS pixels. */
  readonly shortSide: number;
}

/** Android's own limit between phones and tablets, in CSS pixels. No iPad is smaller. */
const TABLET_SIDE = 600;

/**
 * Returns the type of the payer's device. The page corrects the server's guess where the request misleads: an iPad sends
 * the User-Agent of a Mac, an Android tablet that asks for desktop sites sends that of Linux, and a foldable changes
 * between phone and tablet. Without the server's guess the page decides by itself.
 */
export function deviceType(told: Device | null, hints: DeviceHints): DeviceType {
  const type = told?.type ?? 'desktop';
  if (isInHand(type, hints)) return hints.shortSide < TABLET_SIDE ? 'mobile' : 'tablet';
  // Android without a touchscreen is a laptop.
  return type === 'tablet' && !hints.maxTouchPoints && /Android|X11/.test(hints.userAgent) ? 'desktop' : type;
}

/**
 * Returns the platform whose bank links open on this device, when the page knows better than the request: iPads and
 * Android devices that pose as desktops, and laptops that pose as tablets. Returns `null` when the companion is right.
 */
export function correctedPlatform(told: Device | null, hints: DeviceHints): Platform | null {
  const isDesktop = deviceType(told, hints) === 'desktop';
  if (isDesktop === ((told?.type ?? 'desktop') === 'desktop')) return null;
  if (isDesktop) return 'desktop';
  return /Macintosh|iP/.test(hints.userAgent) ? 'ios' : 'android';
}

/** Touch alone does not decide: there are laptops with touchscreens, and tablets with a mouse. */
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
