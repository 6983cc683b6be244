/**
 * The hosted page in a browser that cannot run the element. It shows the sum, code, link and result, and polls the
 * companion. The build writes it in ES5, so it uses no newer built-in: see build/es5-scripts.ts.
 */
import type { Action, Snapshot } from '../../protocol/snapshot.ts';
import { LEGACY_TEXTS } from './legacy-texts.ts';
import { pageFolder, tokenOfPage } from './payment-token.ts';
import { sumText } from './sum-text.ts';

declare global {
  interface Window {
    sbpLegacy?: boolean;
  }
}

const POLL_MS = 5_000;
/** The longest interval of polls, ms: after failures, and when only a late payment may still come. */
const LONGEST_POLL_MS = 60_000;
const CODE = '/qr';
const TIMEOUT_MS = 20_000;

/** The web addresses that the element accepts too. {@link isSafe} allows plain http only if the page is on plain http. */
const WEB_ADDRESS = /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?][!-~]*)?$/;

const language = document.documentElement.lang === 'en' ? 'en' : 'ru';
const texts = LEGACY_TEXTS[language];
const session = `${pageFolder()}checkout/v1/session`;

let token = '';
let shown: Snapshot | null = null;
/** The QR code of `codeOf`; `null` until it is loaded. */
let code: Node | null = null;
let codeOf = '';
let pollMs = POLL_MS;
let timer: ReturnType<typeof setTimeout>;
/** By path, ms since the epoch: no request before this time. A request is running, or the companion has asked to wait. */
const notBefore: Record<string, number> = {};
/** True if the page was hidden since the last request: the payer may come back from the bank. */
let isAway = false;
/** True if the payment cannot change any more, or if the companion has refused the token. */
let isOver = false;
let box: HTMLElement;
let note: HTMLElement;

function add(parent: Node, name: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  parent.appendChild(element);
  return element;
}

function isSafe(address: string | null): address is string {
  return !!address && WEB_ADDRESS.test(address) && (/^https:/.test(address) || location.protocol === 'http:');
}

function addLink(text: string, address: string | null, className: string): void {
  if (!isSafe(address)) return;
  const link = add(box, 'a', text, className) as HTMLAnchorElement;
  link.href = address;
}

function addButton(parent: Node, text: string): HTMLElement {
  return add(parent, 'button', text, 'primary');
}

function addForm(form: Extract<Snapshot['presentation'], { kind: 'form' }>): void {
  const element = add(box, 'form', '') as HTMLFormElement;
  element.action = form.action;
  element.method = form.http_method;
  form.fields.forEach((field) => {
    const input = add(element, 'input', '') as HTMLInputElement;
    input.type = 'hidden';
    input.name = field.name;
    input.value = field.value;
  });
  addButton(element, texts.toForm);
}

function isDue(path: string): boolean {
  return !(notBefore[path]! > Date.now());
}

/** Sends a request. `answered` gets the request, with status 0 without a response, and `Retry-After` in ms, 0 without one. */
function send(
  path: string,
  body: object | null,
  answered: (request: XMLHttpRequest, waitMs: number) => void,
): void {
  const request = new XMLHttpRequest();
  request.open(body ? 'POST' : 'GET', session + path);
  request.timeout = TIMEOUT_MS;
  if (path === CODE) request.responseType = 'document';
  request.setRequestHeader('Authorization', `Bearer ${token}`);
  request.setRequestHeader('Content-Type', 'application/json');
  notBefore[path] = Date.now() + TIMEOUT_MS;
  request.onreadystatechange = () => {
    if (request.readyState !== 4) return;
    const waitMs = Number(request.getResponseHeader('Retry-After')) * 1_000 || 0;
    notBefore[path] = Date.now() + waitMs;
    answered(request, waitMs);
  };
  request.send(body && JSON.stringify(body));
}

function may({ actions }: Snapshot, action: Action): boolean {
  return actions.indexOf(action) >= 0;
}

function drawOffer(snapshot: Snapshot): void {
  const offer = snapshot.presentation;
  if (offer.kind === 'link') {
    add(box, 'h1', texts.title);
    if (code && codeOf === offer.url) {
      box.appendChild(code);
      add(box, 'p', texts.hint);
    }
    addLink(texts.payLink, offer.url, 'primary');
  } else if (offer.kind === 'form' && isSafe(offer.action)) {
    add(box, 'h1', texts.title);
    addForm(offer);
  } else if (!snapshot.method && may(snapshot, 'method')) {
    add(box, 'h1', texts.chooseMethod);
    snapshot.methods.forEach((method) => {
      if (method === 'buyer_qr') return;
      addButton(box, method === 'sbp' ? texts.methodSbp : texts.methodSberpay).onclick = () =>
        ask('/method', { method });
    });
  } else if (offer.kind === 'scan') {
    add(box, 'p', texts.newer);
  } else {
    add(box, 'h1', texts.loading);
  }
}

/** Draws the status. An unknown status counts as unfinished: it is never shown as a result. */
function drawStatus(snapshot: Snapshot): void {
  const { status } = snapshot;
  if (status === 'created') {
    drawOffer(snapshot);
    return;
  }
  add(box, 'h1', isOpen(snapshot) && status !== 'processing' ? texts.checking : texts[status]);
  if (status === 'failed') add(box, 'p', texts.failedThere);
  if (status !== 'expired') return;
  add(box, 'p', texts.expiredDetail);
  if (may(snapshot, 'renew')) addButton(box, texts.renew).onclick = () => ask('/renew', {});
}

function draw(snapshot: Snapshot): void {
  box.textContent = '';
  if (snapshot.test) add(box, 'p', snapshot.sandbox ? texts.sandbox : texts.test, 'muted');
  add(box, 'p', snapshot.merchant.name);
  add(
    box,
    'p',
    texts.order.replace('{id}', () => snapshot.order_id),
    'muted',
  );
  add(box, 'p', sumText(snapshot.amount, language), 'amount');
  drawStatus(snapshot);
  addLink(texts.backToShop, isOpen(snapshot) ? null : snapshot.return_url, '');
}

/** Returns true if the payment may still be paid. Also true before the first snapshot. */
function isOpen(snapshot: Snapshot | null): boolean {
  return !snapshot || !/^(paid|failed|expired|canceled|(partial_)?refunded)$/.test(snapshot.status);
}

function drawRefusal(): void {
  box.textContent = '';
  add(box, 'h1', texts.error);
  add(box, 'p', texts.errorDetail);
  say('');
}

/** Shows a note below the payment, and none below a result. */
function say(text: string): void {
  note.textContent = isOpen(shown) ? text : '';
}

function longer(): number {
  return Math.min(pollMs * 2, LONGEST_POLL_MS);
}

/** Shows the snapshot if it is newer. Returns false if the value is no snapshot. */
function take(snapshot: Snapshot): boolean {
  const { payment_id, version } = snapshot;
  if (typeof payment_id !== 'string' || typeof version !== 'number') return false;
  if (!shown || version > shown.version) {
    shown = snapshot;
    draw(snapshot);
  }
  say(texts.live);
  pollMs = isOpen(shown) ? POLL_MS : longer();
  isOver = /^(paid|failed|refunded)$/.test(shown.status);
  const offer = shown.presentation;
  if (shown.status === 'created' && offer.kind === 'link') loadCode(offer.url);
  return true;
}

/** Loads the QR code, which the companion draws: an encoder would be most of this script. Each snapshot tries again. */
function loadCode(url: string): void {
  if (codeOf !== url) code = null;
  codeOf = url;
  if (code || !isDue(CODE)) return;
  send(CODE, null, ({ responseXML }) => {
    const svg = responseXML ? responseXML.documentElement : null;
    // A captive portal sends its own page.
    if (!svg || codeOf !== url || !shown || svg.nodeName !== 'svg') return;
    code = document.importNode(svg, true);
    draw(shown);
  });
}

/** Returns true for a final refusal. A 403 or 404 without a problem document comes from a proxy, and is temporary. */
function isRefusal(request: XMLHttpRequest): boolean {
  const type = request.getResponseHeader('Content-Type');
  return /^(401|40[34].*problem)/.test(`${request.status}${String(type)}`);
}

function read(request: XMLHttpRequest): boolean {
  try {
    return take(JSON.parse(request.responseText) as Snapshot);
  } catch {
    return false; // A captive portal's page says nothing about the payment.
  }
}

/**
 * Requests the snapshot, or sends an action, and schedules the next poll. The interval grows after failures and results, and
 * is never shorter than `Retry-After`. There is no next poll after a final result.
 */
function ask(path: string, body: object | null): void {
  if (body) note.textContent = texts.checking;
  clearTimeout(timer);
  timer = setTimeout(poll, pollMs + TIMEOUT_MS);
  send(path, body, (request, waitMs) => {
    clearTimeout(timer);
    if (isRefusal(request)) {
      isOver = true;
      if (isOpen(shown)) drawRefusal();
    } else if (request.status !== 200 || !read(request)) {
      // The next snapshot shows why an action failed: request it soon.
      pollMs = Math.max(path ? 1_000 : longer(), waitMs);
      say(texts.notChecked);
    }
    if (!isOver) timer = setTimeout(poll, pollMs);
  });
}

/** Returns true if the page is hidden. The web views of some apps call every page hidden; a page with the focus is not. */
function isResting(): boolean {
  return document.hidden && !document.hasFocus();
}

/** Polls unless the page is hidden; the first time in any case. After a hidden time the companion checks with the bank. */
function poll(): void {
  if (shown && isResting()) {
    isAway = true;
    timer = setTimeout(poll, pollMs);
    return;
  }
  const asksBank = isAway && shown && may(shown, 'check');
  isAway = false;
  if (asksBank) ask('/check', {});
  else ask('', null);
}

function noticeReturn(): void {
  if (isResting()) isAway = true;
  else if (isAway && !isOver && isDue('')) poll();
}

/** Follows a changed address. As in open.ts, an open payment on the screen is not replaced. */
function followAddress(): void {
  const next = tokenOfPage();
  if (next === token) return;
  if (token && (!next || (shown && isOpen(shown)))) history.replaceState(null, '', `#${token}`);
  else location.reload();
}

function start(): void {
  const frame = add(document.body, 'main', '', 'legacy');
  box = add(frame, 'div', texts.loading);
  note = add(frame, 'p', '', 'muted');
  note.setAttribute('role', 'status');
  token = tokenOfPage();
  window.onhashchange = followAddress;
  if (token) {
    document.addEventListener('visibilitychange', noticeReturn);
    window.onfocus = window.onblur = noticeReturn;
    poll();
  } else drawRefusal();
}

// Some browsers also run the copy of this script in the template: start once.
if (!window.sbpLegacy) {
  window.sbpLegacy = true;
  start();
}
