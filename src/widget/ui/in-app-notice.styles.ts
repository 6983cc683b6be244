import { css } from 'lit';

/** Reserves the room of the in-app notice: about the height of its Russian text. */
export const inAppNoticeStyles = css`
  sbp-way-out {
    display: block;
    box-sizing: border-box;
    min-height: 248px;
    margin: 8px 0 20px;
    padding: 16px;
    border-radius: var(--_radius);
    background: var(--_subtle);
  }
  .exit {
    min-height: 324px;
  }
  @container (min-width: 320px) {
    sbp-way-out {
      min-height: 224px;
    }
    .exit {
      min-height: 280px;
    }
  }
  @container (min-width: 410px) {
    sbp-way-out {
      min-height: 176px;
    }
    .exit {
      min-height: 256px;
    }
  }
`;
