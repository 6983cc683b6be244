import { css } from 'lit';

/** The styles of screens with one message: waiting, checking, results. */
export const messageStyles = css`
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
  .result .button + .button,
  .result sbp-other-ways + .button {
    margin-top: 4px;
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
  @media (prefers-reduced-motion: reduce) {
    .pulse,
    .mark {
      animation: none;
    }
  }
`;
