/** Returns the `target` of a link that must leave a frame: browsers let a frame replace the page around it only so. */
export function linkTarget(): '_top' | null {
  return window.top === window.self ? null : '_top';
}
