/** A page that pins the parts does so by their addresses (docs/element.md): at another one it would run any bytes. */
const mayBePinned =
  typeof document !== 'undefined' && document.querySelector('script[type=importmap i]') !== null;

/**
 * Imports what `load` does from an address that has not failed yet: Firefox and Safari remember for the page's life that
 * one has. Another fragment is another address to them, and the same to the server. Which one the build has given to
 * a part, only the source of `load` knows by now. `undefined` where the same address is to be tried.
 */
export function retryImport(
  load: (part?: Promise<never>) => unknown,
  base: string,
  failures: number,
): Promise<never> | undefined {
  const path = /import\(["'`](\.[^"'`]+)/.exec(String(load))?.[1];
  if (failures === 0 || !path || mayBePinned) return undefined;
  const url = `${new URL(path, base).href}#${failures}`;
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url) as Promise<never>;
}
