/**
 * Patterns for eslint's `no-restricted-syntax` that forbid scripted taps and keys in tests. A scripted tap also works
 * on elements that a payer cannot see or reach, so it would hide such a fault. test/support/scripted-hands.test.ts
 * lists the refused code.
 */
export interface Restriction {
  readonly selector: string;
  readonly message: string;
}

const TAP = 'Tap as a payer: tap() of test/support/tap.ts, or a locator’s click() without force.';
const TYPE =
  'Type as a payer: typeInto() or paste() of test/support/tap.ts, sendKeys(), or a locator’s fill().';

/**
 * Events that only a payer's hand causes. Events of the page itself (visibility, network, window focus) are allowed.
 */
const BY_HAND = '/^(Mouse|Pointer|Touch|Wheel|Keyboard|Input|Composition|Clipboard|Drag|Submit)Event$/';
const NAMES =
  '/^(click|dblclick|mouse.*|pointer.*|touch.*|key.*|(before)?input|change|submit|paste|composition.*)$/';

/** For every test, in a browser or outside of it. */
const EVERYWHERE: readonly Restriction[] = [
  { selector: `NewExpression[callee.name=${BY_HAND}]`, message: TAP },
  { selector: `NewExpression[callee.name=/^(Custom)?Event$/][arguments.0.value=${NAMES}]`, message: TAP },
  // Playwright's ways to skip the check that a payer could act.
  {
    selector: `CallExpression[callee.property.name='dispatchEvent'][arguments.0.type='Literal']`,
    message: TAP,
  },
  {
    selector: `CallExpression[callee.property.name=/^(click|dblclick|tap|hover|fill|check|press|dragTo|selectOption)$/] Property[key.name='force'][value.value=true]`,
    message: TAP,
  },
  { selector: `CallExpression[callee.property.name='requestSubmit']`, message: TAP },
];

/** For code where `click` is a method of a DOM element. */
const ON_ELEMENTS: readonly Restriction[] = [
  { selector: `CallExpression[callee.property.name='click']`, message: TAP },
  {
    selector: `AssignmentExpression[left.property.name='value'][left.object.name=/^(input|field|phone)$/]`,
    message: TYPE,
  },
];

/** For tests that run in the page. */
export const IN_THE_PAGE: readonly Restriction[] = [...EVERYWHERE, ...ON_ELEMENTS];

/**
 * For tests that drive a browser from outside. There `click` belongs to a locator, except in code that runs in the
 * page.
 */
export const BESIDE_THE_PAGE: readonly Restriction[] = [
  ...EVERYWHERE,
  ...ON_ELEMENTS.map(({ selector, message }) => ({
    selector: `CallExpression[callee.property.name=/^(evaluate(All|Handle)?|addInitScript|\\$\\$?eval|waitForFunction)$/] ${selector}`,
    message,
  })),
];
