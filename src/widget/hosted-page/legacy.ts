/**
 * The hosted page in a browser that cannot run the element: sum, code, link and result, asked for by polling. The build
 * writes it in ES5, and it uses no built-in that is newer: see build/es5-scripts.ts.
 */
import type { Snapshot } from '../../protocol/snapshot.ts';
import { LEGACY_TEXTS } from './legacy-texts.ts';
import { pageFolder, tokenOfPage } from './payment-token.ts';
import { sumText } from './sum-text.ts';

declare global {
  interface Window {
    sbpLegacy?: boolean;
  }
}

const POLL_MS = 5_000;
/** In trouble, and once only late money may still come. */
const LONGEST_POLL_MS = 60_000;
const TIMEOUT_MS = 20_000;

/** The same addresses that the element posts forms to. Plain http where the companion itself is on plain http. */
const WEB_ADDRESS = /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?][!-~]*)?$/;

const language = document.documentElement.lang === 'en' ? 'en' : 'ru';
const texts = LEGACY_TEXTS[language];
const session = `${pageFolder()}checkout/v1/session`;

let token = '';
let shown: Snapshot | null = null;
/** The code of `codeOf`, once it has come. */
let code: Node | null = null;
let codeOf = '';
let pollMs = POLL_MS;
let timer = 0;
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
  link.rel = 'noopener noreferrer';
}

function addButton(parent: Node, text: string): HTMLElement {
  return add(parent, 'button', text, 'primary');
}

function addForm(form: Extract<Snapshot['presentation'], { kind: 'form' }>): void {
  const element = add(box, 'form', '') as HTMLFormElement;
  element.action = form.action;
  element.method = form.http_method;
  element.acceptCharset = 'utf-8';
  form.fields.forEach((field) => {
    const input = add(element, 'input', '') as HTMLInputElement;
    input.type = 'hidden';
    input.name = field.name;
    input.value = field.value;
  });
  addButton(element, texts.toForm);
}

/** `answered` gets 0 where no answer came. */
function send(
  method: string,
  path: string,
  body: string | null,
  answered: (status: number, request: XMLHttpRequest) => void,
): void {
  const request = new XMLHttpRequest();
  request.open(method, session + path);
  request.timeout = TIMEOUT_MS;
  if (path === '/qr') request.responseType = 'document';
  request.setRequestHeader('Authorization', `Bearer ${token}`);
  if (body) request.setRequestHeader('Content-Type', 'application/json');
  request.onreadystatechange = () => {
    if (request.readyState === 4) answered(request.status, request);
  };
  request.send(body);
}

/** A tap: what comes of it is read from the next snapshot. */
function post(path: string, body: object): void {
  note.textContent = texts.checking;
  send('POST', path, JSON.stringify(body), () => {
    pollMs = POLL_MS;
    poll();
  });
}

function drawOffer(snapshot: Snapshot): void {
  const offer = snapshot.presentation;
  if (offer.kind === 'link') {
    add(box, 'h1', texts.title);
    if (code && codeOf === offer.url) box.appendChild(code);
    add(box, 'p', texts.hint);
    addLink(texts.payLink, offer.url, 'primary');
  } else if (offer.kind === 'form' && isSafe(offer.action)) {
    add(box, 'h1', texts.title);
    addForm(offer);
  } else if (!snapshot.method && snapshot.actions.indexOf('method') >= 0) {
    add(box, 'h1', texts.chooseMethod);
    snapshot.methods.forEach((method) => {
      if (method === 'buyer_qr') return;
      addButton(box, method === 'sbp' ? texts.methodSbp : texts.methodSberpay).onclick = () =>
        post('/method', { method });
    });
  } else if (offer.kind === 'scan') {
    add(box, 'p', texts.newer);
  } else {
    add(box, 'h1', texts.loading);
  }
}

/** A status that this page does not know is still being worked on: it is never shown as a result. */
function drawStatus(snapshot: Snapshot): void {
  switch (snapshot.status) {
    case 'created':
      drawOffer(snapshot);
      return;
    case 'paid':
    case 'canceled':
    case 'refunded':
      add(box, 'h1', texts[snapshot.status]);
      return;
    case 'partial_refunded':
      add(box, 'h1', texts.partlyRefunded);
      return;
    case 'failed':
      add(box, 'h1', texts.failed);
      add(box, 'p', texts.failedThere);
      return;
    case 'expired':
      add(box, 'h1', texts.expired);
      add(box, 'p', texts.expiredDetail);
      if (snapshot.actions.indexOf('renew') >= 0)
        addButton(box, texts.renew).onclick = () => post('/renew', {});
      return;
    case 'processing':
      add(box, 'h1', texts.processing);
      return;
    default:
      add(box, 'h1', texts.checking);
  }
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

function isOpen({ status }: Snapshot): boolean {
  return !/^(?:paid|failed|expired|canceled|refunded|partial_refunded)$/.test(status);
}

function drawRefusal(): void {
  box.textContent = '';
  add(box, 'h1', texts.error);
  add(box, 'p', texts.errorDetail);
  note.textContent = '';
}

function take(snapshot: Snapshot): void {
  if (!shown || snapshot.version > shown.version) {
    shown = snapshot;
    draw(snapshot);
  }
  note.textContent = isOpen(shown) ? texts.live : '';
  pollMs = isOpen(shown) ? POLL_MS : Math.min(pollMs * 2, LONGEST_POLL_MS);
  const offer = shown.presentation;
  if (shown.status === 'created' && offer.kind === 'link' && codeOf !== offer.url) loadCode(offer.url);
}

/** Drawn by the companion: an encoder would be most of this script. The link serves as well, so it is asked for once. */
function loadCode(url: string): void {
  codeOf = url;
  code = null;
  send('GET', '/qr', null, (status, request) => {
    const svg = status === 200 && request.responseXML ? request.responseXML.documentElement : null;
    if (!svg || codeOf !== url || !shown) return;
    code = document.importNode(svg, true);
    draw(shown);
  });
}

/** 403 and 404 without a problem document are a proxy's, and pass. */
function isRefusal(status: number, request: XMLHttpRequest): boolean {
  if (status === 401) return true;
  const type = String(request.getResponseHeader('Content-Type'));
  return (status === 403 || status === 404) && type.indexOf('problem+json') >= 0;
}

/** Later than last time, and not before the companion says so. */
function slowDown(request: XMLHttpRequest): void {
  const asked = Number(request.getResponseHeader('Retry-After')) * 1_000;
  pollMs = Math.max(Math.min(pollMs * 2, LONGEST_POLL_MS), asked > 0 ? asked : 0);
  note.textContent = texts.notChecked;
}

function read(request: XMLHttpRequest): boolean {
  try {
    take(JSON.parse(request.responseText) as Snapshot);
    return true;
  } catch {
    return false; // a captive portal's page: no news of the payment
  }
}

/** Asks for the snapshot, and plans the next question: later after trouble and results, none after the last word. */
function poll(): void {
  clearTimeout(timer);
  timer = window.setTimeout(poll, pollMs + TIMEOUT_MS);
  if (document.hidden) return;
  send('GET', '', null, (status, request) => {
    clearTimeout(timer);
    if (isRefusal(status, request) && (!shown || isOpen(shown))) {
      drawRefusal();
      return;
    }
    if (status !== 200 || !read(request)) slowDown(request);
    const isLast = shown && /^(?:paid|failed|refunded)$/.test(shown.status);
    if (!isLast) timer = window.setTimeout(poll, pollMs);
  });
}

/** As in open.ts: a payment that is being shown is not replaced. */
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
  window.addEventListener('hashchange', followAddress);
  document.addEventListener('visibilitychange', poll);
  if (token) poll();
  else drawRefusal();
}

// Some browsers run the copy in the template as well.
if (!window.sbpLegacy) {
  window.sbpLegacy = true;
  start();
}
