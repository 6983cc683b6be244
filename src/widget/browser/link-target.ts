/** Where a link opens that is to replace the page around us: browsers keep a frame from that by any other means. */
export function outOfFrame(): '_top' | null {
  return window.top === window.self ? null : '_top';
}
