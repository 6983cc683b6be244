/** Values of all kinds. For each property the first valid value that changes it is used. */
const VALUES = [
  'rgb(12, 34, 56)|7px|-3px|37px 41px|3|0.3|950|290%|45deg|2s|"x"|"«" "»"|"smcp" 1|"wght" 777|RUS',
  'url("data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=")',
  'rgb(12, 34, 56) 2px 2px 3px|rgb(12, 34, 56) rgb(65, 43, 21)|under right|filled sesame|stroke fill|9px each-line',
  'first last|cap alphabetic|ex-height 0.9|digits 2|4 3 2|3 3|only dark',
].flatMap((values) => values.split('|'));
const KEYWORDS = [
  'none hidden collapse italic small-caps bold uppercase capitalize justify right center vertical-rl upright break-all',
  'break-spaces pre nowrap anywhere break-word loose strict manual auto thin under over left circle all all-small-caps',
  'slashed-zero historical-forms no-common-ligatures super ruby emoji optimizeSpeed geometricPrecision crispEdges',
  'pixelated linearRGB sRGB evenodd round bevel stroke middle end start bottom inside square hide separate dark exact',
  'preserve preserve-parent-color condensed balance fantasy not-allowed text read-write inter-character inter-word',
  'each-line first last isolate antialiased grayscale compact spaces no-autospace space-all trim-both from-font weight',
  'light dense horizontal inert keep-all underline normal discard style alternate sideways-right logical edge embed',
  'alphabetic slice flex-visual source-order paged ignore symbolic economy ui-monospace visual reset spell-out',
  'auto-hide space edges contain static',
].flatMap((words) => words.split(' '));
const OUTLANDISH = [...VALUES, ...KEYWORDS];

/** Returns every longhand property that this browser knows. */
function knownProperties(): string[] {
  const style = getComputedStyle(document.documentElement);
  const attributes = Object.keys(Object.getPrototypeOf(style) as object).concat(Object.keys(style));
  const dashed = attributes.map((name) =>
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^(webkit|moz)-/, '-$1-'),
  );
  return [...new Set([...style, ...dashed])].filter(
    (name) => !name.startsWith('--') && CSS.supports(name, 'inherit') && style.getPropertyValue(name) !== '',
  );
}

/**
 * Returns the properties that a child inherits, each with a value that shows it. Tests each property, because no
 * browser has a list of inherited properties.
 */
export function inheritedProperties(): Map<string, string> {
  const parent = document.createElement('div');
  const child = document.createElement('span'); // an inline element, because a block's computed width follows its parent's width without inheritance
  parent.append(child);
  document.body.append(parent);
  const read = (of: Element, name: string): string => getComputedStyle(of).getPropertyValue(name);
  const inherited = new Map<string, string>();
  for (const name of knownProperties()) {
    const initial = read(child, name);
    const value = OUTLANDISH.find((candidate) => {
      parent.style.setProperty(name, candidate);
      return read(parent, name) !== initial && parent.style.getPropertyValue(name) !== '';
    });
    if (value !== undefined && read(child, name) === read(parent, name)) inherited.set(name, value);
    parent.removeAttribute('style');
  }
  parent.remove();
  return inherited;
}
