import { css } from 'lit';

/** The result of the payer's action, next to the control that started it, in no alarming colour. */
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
