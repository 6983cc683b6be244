import type { QrDrawing } from '../../../protocol/qr.ts';

/** The largest side of a bitmap, 16 MB. A larger code is scaled up, still with sharp pixels. */
const MAX_PIXELS = 2048;

/**
 * Draws the code on the whole canvas, margin included: one bitmap pixel for each device pixel, whole pixels a module.
 *
 * @param room Side in CSS pixels.
 * @param inverted Draws white on black, for a page that inverts the code.
 * @returns False when nothing can be drawn: canvas is disabled, or its context is lost at the moment.
 */
export function paintQr(
  canvas: HTMLCanvasElement,
  { side, path }: QrDrawing,
  room: number,
  inverted: boolean,
): boolean {
  // A bitmap in the graphics card's memory can be lost, and WebKit does not apply SVG filters and blends to it.
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
