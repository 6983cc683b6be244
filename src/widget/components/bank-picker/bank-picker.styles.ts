import { css } from 'lit';

export const bankPickerStyles = css`
  :host {
    display: block;
    padding-inline: 8px;
  }
  .search {
    position: sticky;
    top: 0;
    z-index: 1;
    display: block;
    background: var(--_surface);
  }
  ul {
    padding: 0;
    list-style: none;
  }
  h3 {
    margin: 16px 0 -8px;
    color: var(--_muted);
    font-size: 14px;
    font-weight: 500;
    line-height: 20px;
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(78px, 1fr));
    gap: 4px;
    margin-top: 16px;
  }
  /* A link that is scrolled to must not end under the search or a sticky foot. */
  .tile,
  .row {
    scroll-margin-block: 64px 88px;
    display: flex;
    align-items: center;
    border-radius: var(--_radius-button);
    color: var(--_text);
    text-decoration: none;
  }
  .tile {
    flex-direction: column;
    gap: 8px;
    min-height: 104px;
    padding: 12px 0 8px;
    font-size: 12px;
    line-height: 16px;
    text-align: center;
  }
  h3 + .tiles .tile {
    min-height: 0;
  }
  .rows {
    margin: 8px -8px 0;
  }
  .rows li {
    content-visibility: auto;
    contain-intrinsic-size: auto 60px;
  }
  .row {
    gap: 16px;
    min-height: 60px;
    padding: 6px 8px;
    font-size: 16px;
    line-height: 20px;
  }
  a:hover {
    background: var(--_subtle);
  }
  /* The picker may be a scroll container, which clips outlines outside its edge. */
  :focus-visible {
    outline-offset: -2px;
  }
  .avatar {
    position: relative;
    display: grid;
    flex: none;
    place-items: center;
    width: 48px;
    height: 48px;
    overflow: hidden;
    border-radius: 12px;
    background: var(--_subtle);
    color: var(--_muted);
    font-size: 20px;
    font-weight: 600;
  }
  a:hover .avatar {
    background: var(--_line);
  }
  .row .avatar {
    width: 44px;
    height: 44px;
  }
  img {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    background: #fff;
    object-fit: contain;
  }
  /* The name keeps its own direction on any page, and so «ПАО "Банк"» keeps its quotes in place. */
  .name {
    unicode-bidi: plaintext;
    display: -webkit-box;
    max-width: 100%;
    overflow: hidden;
    overflow-wrap: break-word;
    overflow-wrap: anywhere;
    -webkit-hyphens: auto;
    hyphens: auto;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .note {
    padding: 24px 8px 16px;
    color: var(--_muted);
    text-align: center;
  }
  .primary,
  .note ~ .button {
    display: flex;
    width: 100%;
    margin-top: 4px;
  }
`;
