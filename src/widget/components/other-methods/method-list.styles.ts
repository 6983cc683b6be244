import { css } from 'lit';

export const methodListStyles = css`
  :host {
    display: block;
  }
  ul {
    display: grid;
    gap: 8px;
    padding: 0;
    list-style: none;
  }
  .method {
    display: flex;
    gap: 12px;
    align-items: center;
    justify-content: space-between;
    width: 100%;
    min-height: 72px;
    padding: 12px 16px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: none;
    text-align: start;
    cursor: pointer;
  }
  .method:hover,
  .method[aria-busy] {
    background: var(--_subtle);
  }
  .method[aria-current] {
    border-color: var(--_accent);
  }
  strong,
  small {
    display: block;
  }
  strong {
    font-weight: 600;
  }
  small {
    color: var(--_muted);
    font-size: 14px;
    line-height: 20px;
  }
  .sign {
    flex: none;
    width: 16px;
    height: 16px;
    fill: none;
    stroke: var(--_muted);
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .sign.rtl {
    transform: scaleX(-1);
  }
  [aria-current] .sign {
    stroke: var(--_accent);
    transform: none;
  }
  [aria-busy] .sign {
    animation: pulse 0.8s ease-in-out infinite alternate;
  }
  @keyframes pulse {
    to {
      opacity: 0.2;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .sign {
      animation: none !important;
    }
  }
`;
