import type { QrDrawing } from '../../../protocol/qr.ts';

/** A bitmap's largest side, 16 MB: a larger code is scaled up from it, in pixels as well. */
const MAX_PIXELS = 2048;

/**
 * Draws the code on the whole canvas: one pixel a device pixel, whole pixels a module, its margin in the bitmap.
 *
 * @param room CSS pixels a side
 * @param inverted white on black, for a page that inverts it
 * @returns false where nothing can be drawn: canvas is switched off, or its context is lost for now
 */
export function paintQr(
  canvas: HTMLCanvasElement,
  { side, path }: QrDrawing,
  room: number,
  inverted: boolean,
): boolean {
  // A bitmap in the graphics card's memory is lost with it, and WebKit leaves it out of SVG filters and blends.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || (context as Partial<CanvasRenderingContext2D>).isContextLost?.()) return false;
  const shown = Math.max(side, Math.floor(room * devicePixelRatio));
  const pixels = Math.min(shown, MAX_PIXELS);
  const scale = Math.floor(pixels / side);
  const margin = (pixels - scale * side) >> 1;
  canvas.width = canvas.height = pixels;
  canvas.style.width = `${shown / devicePixelRatio}px`;
  context.fillStyle = inverted ? '#000' : '#fff';
  context.fillRect(0, 0, pixels, pixels);
  context.setTransform(scale, 0, 0, scale, margin, margin);
  context.fillStyle = inverted ? '#fff' : '#000';
  context.fill(new Path2D(path));
  return true;
}
