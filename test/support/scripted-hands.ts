/**
 * What no test may do in a payer's place: a tap or a key by script also works on what nobody can see or reach, and so
 * hides the fault that it should have met. For eslint's `no-restricted-syntax`; test/support/scripted-hands.test.ts
 * shows what is refused.
 */
export interface Restriction {
  readonly selector: string;
  readonly message: string;
}

const TAP = 'Tap as a payer: tap() of test/support/tap.ts, or a locator’s click() without force.';
const TYPE =
  'Type as a payer: typeInto() or paste() of test/support/tap.ts, sendKeys(), or a locator’s fill().';

/** Events that only a payer's hand makes. A page's own (visibility, network, focus of the window) are not among them. */
const BY_HAND = '/^(Mouse|Pointer|Touch|Wheel|Keyboard|Input|Composition|Clipboard|Drag|Submit)Event$/';
const NAMES =
  '/^(click|dblclick|mouse.*|pointer.*|touch.*|key.*|(before)?input|change|submit|paste|composition.*)$/';

/** In every test, in a browser or beside one. */
const EVERYWHERE: readonly Restriction[] = [
  { selector: `NewExpression[callee.name=${BY_HAND}]`, message: TAP },
  { selector: `NewExpression[callee.name=/^(Custom)?Event$/][arguments.0.value=${NAMES}]`, message: TAP },
  // Playwright's own ways round the question whether a payer could.
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

/** Where `click` is a DOM element's. */
const ON_ELEMENTS: readonly Restriction[] = [
  { selector: `CallExpression[callee.property.name='click']`, message: TAP },
  {
    selector: `AssignmentExpression[left.property.name='value'][left.object.name=/^(input|field|phone)$/]`,
    message: TYPE,
  },
];

/** For tests that run in the page themselves. */
export const IN_THE_PAGE: readonly Restriction[] = [...EVERYWHERE, ...ON_ELEMENTS];

/** For tests that drive a browser from outside, where `click` is a locator's but for what is evaluated in the page. */
export const BESIDE_THE_PAGE: readonly Restriction[] = [
  ...EVERYWHERE,
  ...ON_ELEMENTS.map(({ selector, message }) => ({
    selector: `CallExpression[callee.property.name=/^(evaluate(All|Handle)?|addInitScript|\\$\\$?eval|waitForFunction)$/] ${selector}`,
    message,
  })),
];
