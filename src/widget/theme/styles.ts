import { css } from 'lit';

/** One column by default; the container's width, never the window's, decides on more. */
export const layoutStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    color: var(--_text);
    font-size: 16px;
    line-height: 24px;
    text-align: start;
    -webkit-text-size-adjust: 100%;
  }
  :host([hidden]) {
    display: none;
  }
  .card {
    max-width: var(--_width);
    margin: 0 auto;
    border: 1px solid var(--_line);
    border-radius: var(--_radius-card);
    background: var(--_surface);
  }
  .head {
    display: flex;
    flex-direction: column;
    gap: 4px 16px;
    justify-content: space-between;
    padding: 20px 16px 16px;
  }
  .head > div {
    min-width: 0;
  }
  .shop {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .order {
    min-height: 20px;
    color: var(--_muted);
    font-size: 14px;
    line-height: 20px;
    overflow-wrap: anywhere;
  }
  .amount {
    flex: none;
    font-size: 24px;
    font-weight: 700;
    line-height: 28px;
    letter-spacing: -0.01em;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  h2 {
    font-size: 20px;
    font-weight: 600;
    line-height: 28px;
    text-wrap: balance;
  }
  h2:focus {
    outline: none;
  }
  .ways {
    display: grid;
    gap: 24px;
    padding: 8px 16px 16px;
  }
  .plate {
    display: block;
    width: 100%;
    max-width: 360px;
    aspect-ratio: 1;
    margin: 0 auto;
    border-radius: var(--_radius);
  }
  .guide,
  .banks {
    min-width: 0;
  }
  .banks h2,
  .code h2 {
    margin-bottom: 12px;
  }
  sbp-bank-picker {
    display: block;
    min-height: 280px;
  }
  ol {
    margin: 20px 0;
    padding: 0;
    list-style: none;
    counter-reset: step;
  }
  li {
    display: flex;
    gap: 12px;
    padding: 6px 0;
    counter-increment: step;
  }
  li::before {
    content: counter(step);
    flex: none;
    width: 24px;
    height: 24px;
    border-radius: 50%;
    background: var(--_subtle);
    color: var(--_muted);
    font-size: 14px;
    font-weight: 600;
    text-align: center;
  }
  .guide .button {
    margin-inline-start: -12px;
  }
  .by-hand {
    display: block;
    color: var(--_muted);
    font-size: 14px;
  }
  .by-hand input {
    width: 100%;
    min-height: 44px;
    padding: 0 12px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius-button);
    background: var(--_subtle);
    color: var(--_text);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    justify-content: space-between;
    padding: 12px 16px;
    border-top: 1px solid var(--_line);
    border-radius: 0 0 var(--_radius-card) var(--_radius-card);
    background: var(--_surface);
  }
  .foot .button {
    margin-inline: -12px;
  }
  .onward::after {
    content: '›' / '';
    padding-inline-start: 8px;
    font-size: 20px;
    line-height: 1;
  }
  .facts {
    display: grid;
    flex: 1 1 200px;
    align-content: center;
    min-height: 44px;
    min-width: 0;
  }
  .sticky {
    position: sticky;
    bottom: 0;
    z-index: 1;
    padding-bottom: max(12px, env(safe-area-inset-bottom));
  }
  .sticky .status:not(.offline, .news),
  .sticky .timer:has(+ .news) {
    display: none;
  }
  .sticky .facts {
    flex-basis: 120px;
  }
  .timer,
  .status {
    color: var(--_muted);
    font-size: 14px;
    line-height: 20px;
  }
  .digits {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .late {
    color: var(--_warning);
  }
  .status {
    display: flex;
    gap: 8px;
    padding: 4px 0;
  }
  .dot {
    flex: none;
    width: 8px;
    height: 8px;
    margin-top: 6px;
    border-radius: 50%;
    background: var(--_success);
  }
  .offline .dot {
    background: var(--_warning);
  }
  .center {
    display: grid;
    align-content: center;
    justify-items: center;
    min-height: 400px;
    padding: 40px 16px;
    text-align: center;
  }
  .detail {
    max-width: 26em;
    margin-top: 12px;
    color: var(--_muted);
    text-wrap: balance;
  }
  .actions {
    display: grid;
    gap: 4px;
    width: 100%;
    max-width: 320px;
    margin-top: 16px;
  }
  .pair {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0 4px;
  }
  .pulse {
    width: 16px;
    height: 16px;
    margin-bottom: 24px;
    border-radius: 50%;
    background: var(--_accent);
    animation: pulse 1.8s ease-in-out infinite alternate;
  }
  .mark {
    width: 72px;
    height: 72px;
    margin-bottom: 20px;
    fill: none;
    stroke: var(--_surface);
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
    animation: appear 0.24s ease-out;
  }
  .mark circle {
    stroke: none;
    fill: var(--_muted);
  }
  .success circle {
    fill: var(--_success);
  }
  .danger circle {
    fill: var(--_danger);
  }
  .result h2 {
    font-size: 24px;
    line-height: 32px;
  }
  .result .amount {
    margin: 12px 0 4px;
    font-size: 28px;
    line-height: 36px;
  }
  .result .button {
    margin-top: 28px;
  }
  .bone {
    display: inline-block;
    width: 96px;
    height: 0.9em;
    line-height: 0.9em;
    border-radius: 6px;
    background: var(--_subtle);
  }
  .bone.wide {
    width: 144px;
    max-width: 40cqi;
  }
  .plate.bone {
    display: block;
    width: 100%;
    height: auto;
    border-radius: var(--_radius);
  }
  .bone.field,
  .bone.list {
    display: block;
    width: 100%;
    height: 48px;
    border-radius: var(--_radius-button);
  }
  .bone.list {
    height: 216px;
    margin-top: 16px;
  }
  @keyframes pulse {
    from {
      opacity: 0.35;
      transform: scale(0.8);
    }
  }
  @keyframes appear {
    from {
      opacity: 0;
      transform: scale(0.85);
    }
  }
  @container (min-width: 340px) {
    .head {
      flex-direction: row;
    }
  }
  @container (min-width: 480px) {
    .head {
      padding: 24px 24px 16px;
    }
    .ways {
      padding: 8px 24px 24px;
    }
    .foot {
      padding-inline: 24px;
    }
    .amount {
      font-size: 28px;
      line-height: 32px;
    }
  }
  @container (min-width: 640px) {
    .head {
      padding: 28px 32px 20px;
    }
    .code-only,
    .both {
      grid-template-columns: minmax(0, 360px) minmax(0, 1fr);
      gap: 40px;
      align-items: center;
    }
    .both {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      align-items: start;
    }
    sbp-bank-picker {
      height: 560px;
      overflow-y: auto;
    }
    .bone.list {
      height: 496px;
    }
    .ways {
      padding: 4px 32px 32px;
    }
    .foot {
      padding: 16px 32px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .pulse,
    .mark {
      animation: none;
    }
  }
`;
