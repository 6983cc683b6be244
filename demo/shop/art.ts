/** The shop's drawings. The stylesheet sets their colours, so that they follow light and dark mode. */
import { svg, type SVGTemplateResult } from 'lit';
import type { Sku } from './catalog.ts';

function turned(count: number, part: (angle: number) => SVGTemplateResult): SVGTemplateResult[] {
  return Array.from({ length: count }, (_, i) => part((360 / count) * i));
}

function daisy(x: number, y: number, size: number): SVGTemplateResult {
  return svg`<g transform="translate(${x} ${y}) scale(${size})">
    ${turned(11, (angle) => svg`<ellipse class="petal" cy="-17" rx="4.6" ry="10" transform="rotate(${angle})"></ellipse>`)}
    <circle class="heart" r="8.5"></circle>
  </g>`;
}

function leaf(x: number, y: number, angle: number, size = 1): SVGTemplateResult {
  return svg`<path class="leaf" transform="translate(${x} ${y}) rotate(${angle}) scale(${size})"
    d="M0 0C10-12 10-28 0-40C-10-28-10-12 0 0Z"></path>`;
}

const steam = svg`<path class="steam" d="M88 34c-5-6 5-10 0-16M100 38c-5-7 6-12 0-20M112 34c-5-6 5-10 0-16"></path>`;

const DRAWINGS: Readonly<Record<Sku, SVGTemplateResult>> = {
  chamomile: svg`<path class="stem" d="M100 66C100 96 98 112 96 134M62 92C66 112 74 124 84 134M141 86C136 108 122 124 110 134"></path>
    ${leaf(98, 118, 62, 0.6)} ${leaf(96, 126, -58, 0.6)}
    ${daisy(100, 54, 1.15)} ${daisy(60, 84, 0.8)} ${daisy(143, 78, 0.88)}`,
  fireweed: svg`<path class="stem" d="M100 22V134"></path>
    ${leaf(100, 132, 52, 0.9)} ${leaf(100, 132, -52, 0.9)} ${leaf(100, 116, 58, 0.8)} ${leaf(100, 116, -58, 0.8)}
    ${[28, 38, 50, 63, 77, 91].map((y, i) => {
      const r = 4 + i * 1.3;
      return svg`<circle class="bloom" cx="${100 - r - i * 1.4}" cy="${y + 3}" r="${r}"></circle>
        <circle class="bloom" cx="${100 + r + i * 1.4}" cy="${y}" r="${r}"></circle>
        <circle class="bloom soft" cx="100" cy="${y}" r="${r * 0.8}"></circle>`;
    })}`,
  oolong: svg`<path class="stem" d="M100 136C100 112 100 96 100 82"></path>
    ${leaf(100, 88, 0, 1.5)} ${leaf(100, 104, 48, 1.35)} ${leaf(100, 104, -48, 1.35)}
    ${leaf(100, 126, 70, 0.95)} ${leaf(100, 126, -70, 0.95)}
    <path class="vein" d="M100 88V44M102 102l28-25M98 102L70 77"></path>`,
  honey: svg`<rect class="clay" x="70" y="34" width="60" height="16" rx="5"></rect>
    <path class="glass" d="M66 56q0-8 8-8h52q8 0 8 8v64q0 14-14 14H80q-14 0-14-14Z"></path>
    <path class="honey" d="M72 74q14 7 28 0t28 0v44q0 10-10 10H82q-10 0-10-10Z"></path>
    <rect class="label" x="82" y="88" width="36" height="26" rx="4"></rect>
    <path class="stem" d="M91 97h18M95 105h10"></path>`,
  bowl: svg`${steam}
    <path class="glass" d="M52 62h96c0 36-20 58-48 58S52 98 52 62Z"></path>
    <path class="mist" d="M57 84q11-8 22 0t21 0t21 0t22 0c-6 22-21 36-43 36S63 106 57 84Z"></path>
    <ellipse class="tea" cx="100" cy="62" rx="48" ry="9"></ellipse>
    <path class="clay" d="M82 119h36l4 13H78Z"></path>`,
  teapot: svg`<path class="handle" d="M140 72c26-8 30 38-4 40"></path>
    <path class="clay" d="M66 82L40 62l-7 5 31 45Z"></path>
    <ellipse class="clay" cx="102" cy="96" rx="46" ry="37"></ellipse>
    <path class="lid" d="M74 66q28-16 56 0q-28 9-56 0Z"></path>
    <circle class="lid" cx="102" cy="53" r="6.5"></circle>
    <path class="shine" d="M72 88q5-12 17-16"></path>`,
};

export function drawingOf(sku: Sku) {
  return svg`<svg class="art" viewBox="20 4 160 140" aria-hidden="true">${DRAWINGS[sku]}</svg>`;
}

/** For the top of the page. */
export const bouquet = svg`<svg class="bouquet" viewBox="0 0 300 220" aria-hidden="true">
  <path class="stem" d="M150 92C152 140 150 180 146 218M86 128C96 166 116 196 138 218M216 112C208 160 184 196 156 218M118 62C128 120 140 180 144 218M186 58C176 120 160 180 150 218"></path>
  ${leaf(150, 196, 48, 1.1)} ${leaf(140, 200, -52, 1.15)} ${leaf(118, 182, -70, 0.8)} ${leaf(184, 182, 66, 0.8)}
  ${daisy(112, 54, 1.25)} ${daisy(190, 50, 1.1)} ${daisy(80, 116, 1.2)} ${daisy(222, 104, 1.35)} ${daisy(150, 104, 1.6)}
</svg>`;

export const logo = svg`<svg class="logo" viewBox="-30 -30 60 60" aria-hidden="true">${daisy(0, 0, 1)}</svg>`;
