import { css } from 'lit';

/** Styles that the element and its inner elements share: targets of at least 44 px, the focus ring, hidden text. */
export const controlStyles = css`
  * {
    box-sizing: border-box;
    margin: 0;
  }
  [hidden] {
    display: none !important;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-height: 44px;
    padding: 7px 11px;
    border: 1px solid transparent; /* visible in forced colours */
    border-radius: var(--_radius-button);
    background: none;
    color: var(--_accent);
    font-size: 14px;
    font-weight: 500;
    text-align: center;
    text-decoration: none;
    cursor: pointer;
  }
  .button[aria-busy] {
    opacity: 0.6;
    cursor: progress;
  }
  .button:hover {
    background: var(--_subtle);
  }
  .primary {
    min-height: 52px;
    padding: 11px 23px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 16px;
    font-weight: 600;
    -webkit-print-color-adjust: exact;
    print-color-adjust: exact;
  }
  .primary:hover {
    background: var(--_accent);
    opacity: 0.92;
  }
  .input {
    width: 100%;
    min-height: 48px;
    padding: 0 16px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius-button);
    background: var(--_subtle);
    font-size: 16px;
    -webkit-appearance: none;
    appearance: none;
  }
  .input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
