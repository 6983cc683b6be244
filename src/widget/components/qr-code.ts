import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { controlStyles } from '../theme/controls.ts';
import { ScreenLock } from '../controllers/screen-lock.ts';
import { drawQr, type QrDrawing } from './qr-path.ts';

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
        /* A reader needs it also where the payer's system has colours of its own. */
        forced-color-adjust: none;
        box-shadow: 0 0 0 1px var(--_line);
      }
      svg {
        display: block;
        animation: arrive 0.2s ease-out;
        transition: opacity 0.24s ease-out;
      }
      @keyframes arrive {
        from {
          opacity: 0.3;
          transform: scale(0.97);
        }
      }
      :host([faded]) svg {
        opacity: 0.12;
      }
      @media (prefers-reduced-motion: reduce) {
        svg {
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
  #room = 0;
  readonly #observer: ResizeObserver | null;

  constructor() {
    super();
    this.payload = '';
    this.label = '';
    this.faded = false;
    new ScreenLock(this);
    this.#observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(() => this.#measure());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer?.observe(this);
    this.#measure();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('payload')) this.#drawing = draw(this.payload);
  }

  #measure(): void {
    const room = this.clientWidth;
    if (room === this.#room) return;
    this.#room = room;
    this.requestUpdate();
  }

  /** Whole pixels a module, or the code blurs: CSS pixels, and on fractional screens device pixels. */
  #size(side: number): number {
    const density = Number.isInteger(devicePixelRatio) ? 1 : devicePixelRatio;
    return (Math.max(1, Math.floor((this.#room * density) / side)) / density) * side;
  }

  protected override render(): TemplateResult {
    return html`<div part="qr">${this.#drawing ? this.#renderCode(this.#drawing) : nothing}</div>`;
  }

  #renderCode({ side, path }: QrDrawing): TemplateResult {
    const size = this.#size(side);
    return html`<svg
      role="img"
      aria-label=${this.label}
      width=${size}
      height=${size}
      viewBox="0 0 ${side} ${side}"
      shape-rendering="crispEdges"
    >
      <path d=${path} fill="#000"></path>
    </svg>`;
  }
}

function draw(payload: string): QrDrawing | null {
  warm ||= payload !== '';
  try {
    return payload ? drawQr(payload) : null;
  } catch {
    return null; // longer than any QR code: screens offer the link itself instead
  }
}
