/**
 * The hosted page's style sheet. The rules of `.legacy` are for browsers without modules. A property that such a browser
 * lacks follows one that it knows.
 */
export const HOSTED_PAGE_CSS = `:root { color-scheme: light dark; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  box-sizing: border-box;
  padding: clamp(0px, 4vw - 16px, 48px) clamp(0px, 4vw - 16px, 24px);
  display: grid;
  align-content: start;
  justify-items: center;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  background: #f3f4f6;
}
sbp-checkout { width: 100%; max-width: 760px; min-height: 420px; }
noscript { padding: 24px; }
.legacy {
  display: block;
  box-sizing: border-box;
  width: 100%;
  max-width: 480px;
  margin: 0 auto;
  padding: 24px 16px;
  border-radius: 16px;
  background: #fff;
  color: #111827;
  text-align: center;
}
.legacy p { margin: 8px 0; word-wrap: break-word; }
.legacy h1 { margin: 16px 0 8px; font-size: 20px; line-height: 28px; }
.legacy .amount { font-size: 28px; line-height: 36px; font-weight: 700; }
.legacy .muted { color: #4b5563; font-size: 14px; }
.legacy svg { display: block; max-width: 100%; margin: 16px auto; border-radius: 12px; background: #fff; }
.legacy a, .legacy button {
  display: block;
  box-sizing: border-box;
  width: 100%;
  min-height: 52px;
  margin: 12px 0;
  padding: 13px 16px;
  border: 1px solid #1d4ed8;
  border-radius: 10px;
  background: #fff;
  color: #1d4ed8;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
}
.legacy .primary { background: #1d4ed8; color: #fff; }
@media (prefers-color-scheme: dark) { body { background: #0b0d10; color: #f3f4f6; } }
`;
