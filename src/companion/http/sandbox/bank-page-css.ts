/** The fake bank's stylesheet. It is a separate file, so that the page needs no inline styles. */
export const BANK_PAGE_CSS = `:root {
  color-scheme: light dark;
  --text: #14211d;
  --muted: #53645e;
  --page: #eef2f0;
  --sheet: #ffffff;
  --line: #e1e8e5;
  --accent: #0b6b4f;
  --accent-hover: #095a42;
  --on-accent: #ffffff;
  --soft: #e6f1ed;
  --notice: #fff4d6;
  --on-notice: #6b4c00;
  --stop: #f1f2f2;
  --on-stop: #55605c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #eff4f2;
    --muted: #a3b3ad;
    --page: #0d1211;
    --sheet: #171d1b;
    --line: #29322f;
    --accent: #4fcf9f;
    --accent-hover: #6bdbb0;
    --on-accent: #06251b;
    --soft: #163229;
    --notice: #33290c;
    --on-notice: #f1cf72;
    --stop: #262d2b;
    --on-stop: #b3bfba;
  }
}
* {
  box-sizing: border-box;
}
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: grid;
  grid-template-rows: auto 1fr;
  background: var(--page);
  color: var(--text);
  font: 16px/1.5 -apple-system, 'Segoe UI', Roboto, Inter, system-ui, sans-serif;
}
.sandbox {
  margin: 0;
  padding: 10px 16px;
  text-align: center;
  font-size: 14px;
  font-weight: 500;
  background: var(--notice);
  color: var(--on-notice);
}
main {
  display: flex;
  flex-direction: column;
  width: 100%;
  max-width: 440px;
  margin: 24px auto 0;
  padding: 28px 20px max(24px, env(safe-area-inset-bottom));
  background: var(--sheet);
  border-radius: 24px 24px 0 0;
}
@media (min-width: 480px) {
  main {
    align-self: center;
    min-height: 620px;
    margin: 32px auto;
    padding: 36px 32px 28px;
    border-radius: 28px;
  }
}
h1 {
  margin: 0;
  font-size: 18px;
  line-height: 1.35;
  font-weight: 600;
  text-align: center;
}
.amount {
  margin: 12px 0 28px;
  text-align: center;
  font-size: clamp(32px, 11vw, 44px);
  line-height: 1.1;
  font-weight: 700;
  letter-spacing: -0.02em;
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
dl {
  margin: 0 0 28px;
}
dl div {
  display: flex;
  justify-content: space-between;
  gap: 24px;
  padding: 12px 0;
}
dl div + div {
  border-top: 1px solid var(--line);
}
dt {
  flex: none;
  color: var(--muted);
}
dd {
  margin: 0;
  min-width: 0;
  text-align: right;
  font-weight: 500;
  overflow-wrap: anywhere;
}
form {
  display: grid;
  gap: 10px;
  margin-top: auto;
}
button,
a.primary {
  display: grid;
  place-content: center;
  width: 100%;
  min-height: 52px;
  padding: 12px 16px;
  border: 0;
  border-radius: 14px;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
  transition: background-color 160ms ease-out;
}
.primary {
  background: var(--accent);
  color: var(--on-accent);
}
.primary:hover {
  background: var(--accent-hover);
}
.secondary {
  background: var(--soft);
  color: var(--text);
}
.secondary small {
  display: block;
  margin-top: 1px;
  font-size: 13px;
  font-weight: 400;
  color: var(--muted);
}
.quiet {
  background: none;
  color: var(--muted);
}
.quiet:hover {
  color: var(--text);
}
:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.result {
  margin: auto 0;
  padding: 24px 0 32px;
  text-align: center;
}
.result h1 {
  font-size: 24px;
}
.result .detail {
  max-width: 30ch;
  margin: 8px auto 0;
  color: var(--muted);
  text-wrap: balance;
}
.result .amount {
  margin: 28px 0 0;
  font-size: 28px;
}
.result .to {
  margin: 4px 0 0;
  color: var(--muted);
  overflow-wrap: anywhere;
}
.mark {
  width: 72px;
  height: 72px;
  margin-bottom: 20px;
  fill: none;
  stroke: var(--on-stop);
  stroke-width: 3.5;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.mark circle {
  fill: var(--stop);
  stroke: none;
}
[data-mark='done'] .mark {
  stroke: var(--on-accent);
}
[data-mark='done'] .mark circle {
  fill: var(--accent);
}
[data-mark='wait'] .mark {
  stroke: var(--accent);
}
[data-mark='wait'] .mark circle {
  fill: var(--soft);
}
@media (prefers-reduced-motion: reduce) {
  * {
    transition: none;
  }
}
`;
