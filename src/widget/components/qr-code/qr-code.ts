import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { drawQr, type QrDrawing } from '../../../protocol/qr.ts';
import { controlStyles } from '../../theme/controls.ts';
import { WakeLock } from '../../controllers/wake-lock.ts';
import { isInverted } from './inverted.ts';
import { paintQr } from './qr-bitmap.ts';

const PAPER = matchMedia('print');

/** Interval of the check for an inverting page, in ms. No event reports inversion. */
const LOOK_MS = 1000;

/**
 * The encoder's first run takes ten times as long as the next one. Run it now, while the payment loads, unless a code is
 * drawn already.
 */
let warm = false;
setTimeout(
  () => warm || draw('https://qr.nspk.ru/AS00000000000000000000000000000?type=02&bank=100000000001&sum=1'),
);

/**
 * @summary A QR code, dark on white in every theme, because many readers cannot read inverted codes.
 *
 * On the screen the code is a bitmap, margin included: browsers and extensions that darken pages change colours and vector
 * graphics but not pictures. On paper, and without canvas, the code is a vector graphic.
 *
 * @csspart qr - The white plate.
 */
export class SbpQrCode extends LitElement {
  static override styles = [
    controlStyles,
    css`
      :host {
        display: block;
      }
      :host(.still) * {
        animation: none;
      }
      div {
        display: grid;
        place-items: center;
        aspect-ratio: 1;
        overflow: hidden;
        border-radius: var(--_radius);
        background: #fff;
        /* Keep black on white in forced colours and in print. */
        color-scheme: only light;
        forced-color-adjust: none;
        -webkit-print-color-adjust: exact;
        print-color-adjust: exact;
        box-shadow: 0 0 0 1px var(--_line);
      }
      :host([inverted]) div {
        background: #000;
      }
      canvas {
        display: block;
        image-rendering: pixelated;
        animation: arrive 0.2s ease-out;
        transition: opacity 0.24s ease-out;
      }
      svg {
        all: initial; /* removes an inherited stroke, too */
        visibility: inherit;
        width: 100%;
        shape-rendering: crispEdges;
      }
      :host([inverted]) path {
        fill: #fff;
      }
      @media screen {
        canvas:not([hidden]) + svg {
          display: none;
        }
      }
      @media print {
        canvas {
          display: none;
        }
      }
      @keyframes arrive {
        from {
          opacity: 0.3;
          transform: scale(0.97);
        }
      }
      :host([faded]) :is(canvas, svg) {
        opacity: 0.12;
      }
      @media (prefers-reduced-motion: reduce) {
        canvas {
          animation: none;
          transition: none;
        }
      }
    `,
  ];

  static override properties = {
    payload: { attribute: false },
    label: { attribute: false },
    faded: { type: Boolean, reflect: true },
  };

  /** The text in the code, byte for byte. */
  declare payload: string;
  /** The accessible name. */
  declare label: string;
  /** Shows the code faded, for a code that should not be scanned any more. */
  declare faded: boolean;

  #drawing: QrDrawing | null = null;
  /** The payload, width, density and inversion that the bitmap was painted for. */
  #painted = '';
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #observer: ResizeObserver | null;

  constructor() {
    super();
    this.payload = '';
    this.label = '';
    this.faded = false;
    new WakeLock(this);
    this.#observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(this.#look);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer?.observe(this);
    this.#timer = setInterval(this.#look, LOOK_MS);
    window.addEventListener('resize', this.#look);
    PAPER.addEventListener('change', this.#look);
    document.addEventListener('visibilitychange', this.#paint);
    this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    clearInterval(this.#timer);
    window.removeEventListener('resize', this.#look);
    PAPER.removeEventListener('change', this.#look);
    document.removeEventListener('visibilitychange', this.#paint);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('payload')) this.#drawing = draw(this.payload);
  }

  protected override updated(): void {
    this.#look();
  }

  /** Paints again when the page's inversion, the width or the pixel density has changed. */
  readonly #look = (): void => {
    const plate = this.renderRoot.querySelector('div');
    if (!plate) return;
    this.toggleAttribute('inverted', isInverted(plate));
    const wanted = [this.payload, this.clientWidth, devicePixelRatio, this.hasAttribute('inverted')].join();
    if (wanted === this.#painted) return;
    this.#painted = wanted;
    this.#paint();
  };

  /** Also called when the page becomes visible again, because phones discard bitmaps of hidden pages. */
  readonly #paint = (): void => {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas || !this.#drawing) return;
    // If a page's policy blocks the styles, the element is inline and has no width. The vector graphic has its own width.
    const room = this.clientWidth;
    canvas.hidden = room === 0 || !paintQr(canvas, this.#drawing, room, this.hasAttribute('inverted'));
  };

  protected override render(): TemplateResult {
    return html`<div part="qr">${this.#drawing ? this.#renderCode(this.#drawing) : nothing}</div>`;
  }

  #renderCode({ side, path }: QrDrawing): TemplateResult {
    return html`<canvas
        role="img"
        aria-label=${this.label}
        @contextlost=${this.#paint}
        @contextrestored=${this.#paint}
      ></canvas>
      <svg role="img" aria-label=${this.label} width="280" viewBox="0 0 ${side} ${side}">
        <path d=${path}></path>
      </svg>`;
  }
}

function draw(payload: string): QrDrawing | null {
  warm ||= payload !== '';
  try {
    return payload ? drawQr(payload) : null;
  } catch {
    return null; // too long for a QR code: screens offer the link instead
  }
}
