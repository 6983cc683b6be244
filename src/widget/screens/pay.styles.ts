import { css } from 'lit';

/** The code, the steps and the banks, and the grey placeholders that keep their room while the payment loads. */
export const payStyles = css`
  .ways {
    display: grid;
    gap: 24px;
    padding: 8px 16px 16px;
  }
  /* Two columns from about 640 px, also in browsers without container queries. */
  .code-only,
  .both {
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
  }
  .plate {
    display: block;
    width: 100%;
    max-width: 360px;
    aspect-ratio: 1;
    margin: 0 auto;
    border-radius: var(--_radius);
  }
  .code,
  .guide,
  .banks {
    min-width: 0;
  }
  .banks h2,
  .code h2 {
    margin-bottom: 12px;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    align-items: baseline;
    justify-content: space-between;
  }
  .title .button {
    margin-inline: -12px;
  }
  .lead {
    display: grid;
    max-width: 480px;
    margin: 0 auto;
    padding: 8px 16px 24px;
  }
  .lead > * {
    margin-bottom: 16px;
  }
  sbp-bank-picker {
    display: block;
    min-height: 280px;
    margin-inline: -8px;
  }
  /* The placeholders inside keep their width when the element is defined. */
  sbp-bank-picker:not(:defined) {
    padding-inline: 8px;
  }
  sbp-bank-picker.one {
    height: auto;
    min-height: 60px;
  }
  .one ~ .button {
    width: 100%;
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
  .guide > .button:not(.primary),
  .tools {
    margin-inline-start: -12px;
  }
  .guide > .primary {
    margin: 16px 0 8px;
  }
  .tools {
    min-height: 132px;
  }
  .tools.one {
    min-height: 44px;
  }
  .give-up {
    min-height: 56px;
    padding: 0 16px 12px;
    text-align: center;
  }
  /* Hidden while the list above loads and would push it down. The animation ends, so the button always appears. */
  .give-up.early {
    animation: withhold 10s;
  }
  @keyframes withhold {
    from,
    to {
      visibility: hidden;
    }
  }
  .give-up:focus {
    outline: none;
  }
  .give-up .button {
    color: var(--_muted);
  }
  .onward::after {
    content: '›';
    content: '›' / '';
    padding-inline-start: 8px;
    font-size: 20px;
    line-height: 1;
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
    max-width: 40%;
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
  .lost {
    display: grid;
    gap: 12px;
    padding: 16px;
    text-align: center;
  }
  @container (min-width: 480px) {
    .ways {
      padding: 8px 24px 24px;
    }
  }
  @container (min-width: 640px) {
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
    .ways {
      padding: 4px 32px 32px;
    }
  }
  /* In a low window a scrolling list would fill the window and keep the page from scrolling. */
  @media (min-height: 700px) {
    @container (min-width: 640px) {
      sbp-bank-picker {
        height: 560px;
        overflow-y: auto;
      }
      .bone.list {
        height: 496px;
      }
      /* The notice may be taller or shorter than its reserved room. The list takes the difference, so nothing below moves. */
      .both .in-app {
        display: flex;
        flex-direction: column;
        min-height: 860px;
      }
      .both .in-app > sbp-bank-picker:not(.one),
      .both .in-app > .bone.list {
        flex: 1 1 280px;
        height: auto;
      }
    }
  }
`;
