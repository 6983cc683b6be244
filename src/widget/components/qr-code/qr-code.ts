import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { drawQr, type QrDrawing } from '../../../protocol/qr.ts';
import { controlStyles } from '../../theme/controls.ts';
import { WakeLock } from '../../controllers/wake-lock.ts';
import { isInverted } from './inverted.ts';
import { paintQr } from './qr-bitmap.ts';

const PAPER = matchMedia('print');

/** How often the code looks whether the page has turned it into its negative, of which no event tells; ms. */
const LOOK_MS = 1000;

/**
 * An encoder's first run takes ten times as long as the next: better now, while the payment is on its way. A code
 * that is there already is not to wait for this.
 */
let warm = false;
setTimeout(
  () => warm || draw('https://qr.nspk.ru/AS00000000000000000000000000000?type=02&bank=100000000001&sum=1'),
);

/**
 * @summary A QR code, dark on white in every theme: readers do not see inverted ones.
 *
 * On the screen it is a bitmap, margin and all: browsers and extensions that darken pages change colours and vector
 * graphics, and leave pictures alone. On paper, and where there is no canvas, it is a vector graphic.
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
        /* A reader needs it also where the payer's system, browser or printer has colours of its own. */
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
        all: initial; /* a stroke that a page gives the plate, too */
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

  /** What the code says, byte for byte. */
  declare payload: string;
  /** The accessible name. */
  declare label: string;
  /** Still there, but no longer to be scanned. */
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

  /** Paints anew if the page inverts otherwise than before, or the room, the zoom or the screen is another. */
  readonly #look = (): void => {
    const plate = this.renderRoot.querySelector('div');
    if (!plate) return;
    this.toggleAttribute('inverted', isInverted(plate));
    const wanted = [this.payload, this.clientWidth, devicePixelRatio, this.hasAttribute('inverted')].join();
    if (wanted === this.#painted) return;
    this.#painted = wanted;
    this.#paint();
  };

  /** Also when the page is seen again, since phones throw away bitmaps that nobody looks at. */
  readonly #paint = (): void => {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas || !this.#drawing) return;
    // If a page's policy refuses the styles, the element is inline and has no width: the vector graphic has its own.
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
