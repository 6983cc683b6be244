import type { PageGlobals } from '../../src/widget/browser/in-app-browser.ts';
import { DEVICES } from './devices.ts';

/**
 * Makes this page look like a device from the table, with the objects of an app and those in `more`. Returns a function
 * that undoes it.
 */
export function pretend(name: string, more: Omit<PageGlobals, 'navigator'> = {}): () => void {
  const device = DEVICES.find((known) => known.name === name);
  if (!device) throw new Error(`no device is called ${name}`);
  const own = { userAgent: device.userAgent, maxTouchPoints: device.screen.maxTouchPoints };
  for (const [key, value] of Object.entries(own)) {
    Object.defineProperty(navigator, key, { configurable: true, get: () => value });
  }
  const objects = { ...device.objects, ...more };
  for (const [key, value] of Object.entries(objects)) {
    Object.defineProperty(window, key, { configurable: true, writable: true, value });
  }
  return () => {
    for (const key of Object.keys(own)) Reflect.deleteProperty(navigator, key);
    for (const key of Object.keys(objects)) Reflect.deleteProperty(window, key);
  };
}
