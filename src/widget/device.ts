import type { Device, DeviceType } from '../protocol/snapshot.ts';

export interface DeviceHints {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  /** The main pointer is a finger. */
  readonly coarse: boolean;
  /** CSS pixels. */
  readonly shortSide: number;
}

/**
 * What the payer holds. The server reads it from the request; the page corrects what a request cannot tell
 * (an iPad introduces itself as a Mac) and guesses by itself until, or where, the server says nothing.
 */
export function deviceType(told: Device | null, hints: DeviceHints): DeviceType {
  if (told?.type === 'mobile' || told?.type === 'tablet') return told.type;
  if (hints.userAgent.includes('Macintosh') && hints.maxTouchPoints > 1) return 'tablet';
  if (told) return told.type;
  if (!hints.coarse) return 'desktop';
  return hints.shortSide < 600 ? 'mobile' : 'tablet';
}

export function deviceHints(): DeviceHints {
  return {
    userAgent: navigator.userAgent,
    maxTouchPoints: navigator.maxTouchPoints,
    coarse: matchMedia('(pointer: coarse)').matches,
    shortSide: Math.min(screen.width, screen.height),
  };
}
