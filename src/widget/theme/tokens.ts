import { css, unsafeCSS } from 'lit';

/**
 * The public `--sbp-*` properties with their defaults. The other styles read only the private `--_…` copies, so that a
 * shop's value wins in both themes and inherited values reach the inner elements.
 */
const LIGHT = tokens({
  text: '#111827',
  muted: '#4b5563',
  surface: '#fff',
  subtle: '#f3f4f6',
  line: '#e5e7eb',
  accent: '#1d4ed8',
  'on-accent': '#fff',
  success: '#15803d',
  warning: '#b45309',
  danger: '#b91c1c',
});

const DARK = tokens({
  text: '#f3f4f6',
  muted: '#a8b0bd',
  surface: '#15171b',
  subtle: '#1f2329',
  line: '#2f353d',
  accent: '#7aa2ff',
  'on-accent': '#0b1020',
  success: '#4ade80',
  warning: '#fbbf24',
  danger: '#f87171',
});

/** Print in black in every theme: paper is light, and printers leave backgrounds out. */
const PAPER =
  'color-scheme:light;--_text:#000;--_muted:#000;--_surface:#fff;--_subtle:#fff;--_line:#999;' +
  '--_accent:#000;--_on-accent:#fff;--_success:#000;--_warning:#000;--_danger:#000';

function tokens(colors: Record<string, string>): string {
  return Object.entries(colors)
    .map(([name, value]) => `--_${name}:var(--sbp-${name},${value});`)
    .join('');
}

/** The colours are set on the card, not on the host, because a page's framework may remove a host attribute that repeats `theme`. */
export const themeStyles = css`
  :host {
    --_radius: var(--sbp-radius, 12px);
    --_radius-card: var(--sbp-radius-card, 16px);
    --_radius-button: var(--sbp-radius-button, 10px);
    --_width: var(--sbp-max-width, 760px);
  }
  .card {
    /* Inherit only the page's font family, visibility and pointer events, whatever the page sets on "*". */
    all: initial;
    font-family: inherit;
    interactivity: inherit;
    pointer-events: inherit;
    visibility: inherit;
    color-scheme: light;
    ${unsafeCSS(LIGHT)}
  }
  @media screen and (prefers-color-scheme: dark) {
    .card:not(.light) {
      color-scheme: dark;
      ${unsafeCSS(DARK)}
    }
  }
  @media screen {
    .card.dark {
      color-scheme: dark;
      ${unsafeCSS(DARK)}
    }
  }
  @media print {
    .card {
      ${unsafeCSS(PAPER)}
    }
  }
`;
