import { css } from 'lit';

/** The card, its head and its foot. The layout depends on the container's width and never on the window's. */
export const frameStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    /* For a parent that is as wide as its content. */
    contain-intrinsic-inline-size: min(var(--_width), 100vw - 32px);
    min-inline-size: 0;
    max-inline-size: 100%;
    writing-mode: horizontal-tb !important;
  }
  :host([hidden]) {
    display: none;
  }
  .card {
    display: block;
    position: relative;
    box-sizing: border-box;
    max-width: var(--_width);
    margin: 0 auto;
    border: 1px solid var(--_line);
    border-radius: var(--_radius-card);
    background: var(--_surface);
    color: var(--_text);
    font-size: 16px;
    line-height: 24px;
    -webkit-text-size-adjust: 100%;
  }
  ::slotted(:is([slot='header'], [slot='logo'], [slot='footer'])) {
    margin: 16px;
    margin: 16px clamp(16px, 4.2cqi, 32px);
  }
  .test {
    width: -moz-fit-content;
    width: fit-content;
    margin: 0 16px;
    padding: 0 8px;
    border-radius: 0 0 6px 6px;
    /* Visible in forced colours, where backgrounds are not painted. */
    outline: 1px solid transparent;
    outline-offset: -1px;
    background: var(--_subtle);
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  /* The test mark lies in the padding that every screen has, so that nothing moves when it appears. */
  @container (min-width: 320px) {
    .test {
      position: absolute;
      inset: 0 clamp(16px, 4.2cqi, 32px) auto;
      overflow: hidden;
      max-width: calc(100% - 32px);
      margin: 0;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
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
  .shop,
  .order {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: break-word;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 6;
  }
  .shop {
    font-weight: 600;
  }
  .order {
    min-height: 20px;
    color: var(--_muted);
    font-size: 14px;
    line-height: 20px;
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
  .sticky .status:not(.offline, .news) {
    display: none;
  }
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
  .timer {
    min-height: 20px;
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
    height: 0;
    margin-top: 6px;
    border: 4px solid var(--_muted);
    border-radius: 50%;
  }
  .live {
    border-color: var(--_success);
  }
  .dot.offline {
    border-color: var(--_warning);
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
    .foot {
      padding: 16px 32px;
    }
  }
`;
