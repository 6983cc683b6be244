import { css } from 'lit';

/** What became of what the payer did: where it happened, in words, and in no alarming colour. */
export const errorTextStyles = css`
  .error-text {
    margin: 8px 0;
    font-size: 14px;
    line-height: 20px;
  }
  .error-text:empty {
    margin: 0;
  }
`;
