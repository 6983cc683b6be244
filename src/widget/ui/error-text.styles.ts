import { css } from 'lit';

/** What became of what the payer did: where it happened, in words, and in no alarming colour. */
export const setbackStyles = css`
  .setback {
    margin: 8px 0;
    font-size: 14px;
    line-height: 20px;
  }
  .setback:empty {
    margin: 0;
  }
`;
