import { parse, type AtRule, type ChildNode, type Declaration, type Rule } from 'postcss';
import { lackedBy, MDN } from './browsers.ts';
import type { Feature } from './compat-data.ts';
import type { Finding } from './newer-javascript.ts';

const { properties, selectors, types } = MDN.css;
const atRules = MDN.css['at-rules'];

/** MDN's entries for units that have no entry of their own. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^d(?:vh|vw|vi|vb|vmin|vmax)$/, 'viewport_percentage_units_dynamic'],
  [/^s(?:vh|vw|vi|vb|vmin|vmax)$/, 'viewport_percentage_units_small'],
  [/^l(?:vh|vw|vi|vb|vmin|vmax)$/, 'viewport_percentage_units_large'],
  [/^cq(?:w|h|i|b|min|max)$/, 'container_query_length_units'],
];

/**
 * Finds the parts of a style sheet that are newer than the floor and have no fallback in the same rule. A browser drops
 * a declaration with an unknown value, and a whole rule for one unknown selector.
 */
export function newerCss(source: string): Finding[] {
  const findings: Finding[] = [];
  const add = (what: string, where: string, feature: Feature | undefined, behind?: Feature): void => {
    const lacking = lackedBy(feature, behind);
    if (lacking.length > 0) findings.push({ what, where: where.slice(0, 100), lackedBy: lacking });
  };
  parse(source).walk((node) => {
    const behind = isInContainer(node) ? atRules['container'] : undefined;
    const [named, where] = namedIn(node);
    for (const [what, feature] of named) add(what, where, feature, behind);
  });
  return findings;
}

/** Returns true inside `@container`: browsers without container queries skip those rules. */
function isInContainer({ parent }: ChildNode): boolean {
  if (!parent || parent.type === 'root') return false;
  return (
    (parent.type === 'atrule' && (parent as AtRule).name === 'container') ||
    isInContainer(parent as ChildNode)
  );
}

type Named = readonly [what: string, feature: Feature | undefined];

function namedIn(node: ChildNode): [named: readonly Named[], where: string] {
  if (node.type === 'atrule') return [inAtRule(node), node.toString()];
  if (node.type === 'rule') return [inSelector(node), node.selector];
  if (node.type === 'decl' && !hasFallback(node)) return [inDeclaration(node), node.toString()];
  return [[], ''];
}

function inAtRule({ name, params }: AtRule): Named[] {
  const rule = atRules[name];
  const features = [...params.matchAll(/\(\s*([\w-]+)/g)].map(([, feature]): Named => [
    `@${name} (${feature!})`,
    rule?.[feature!.replace(/^(?:min|max)-(?!width$|height$)/, '')],
  ]);
  const range: Named[] = /[<>]/.test(params) ? [[`@${name} with < or >`, rule?.['range_syntax']]] : [];
  return [[`@${name}`, rule], ...(name === 'media' ? [...features, ...range] : [])];
}

function inSelector({ selector, parent, selectors: all }: Rule): Named[] {
  if (parent?.type === 'atrule' && (parent as AtRule).name === 'keyframes') return [];
  const nested: Named[] = parent?.type === 'rule' ? [['nesting', selectors['nesting']]] : [];
  // An unknown selector drops only its own rule, unless the rule has a list of selectors.
  const beside = all.length > 1 ? ' in a list' : '';
  const pseudos = [...selector.matchAll(/::?([a-z-]+)(\(?)/g)].map(([text, name, opens]): Named => {
    return [`${text}${opens ? ')' : ''}${beside}`, selectors[name!]];
  });
  const list: Named[] = /:not\([^()]*,/.test(selector)
    ? [[':not(,)', selectors['not']?.['selector_list']]]
    : [];
  return [...nested, ...pseudos, ...list];
}

/** Returns true if an earlier declaration of the property in the same rule works in all browsers of the floor. */
function hasFallback(declaration: Declaration): boolean {
  const earlier = (declaration.parent?.nodes ?? []).slice(0, declaration.parent?.index(declaration));
  return earlier.some(
    (node) =>
      node.type === 'decl' &&
      bare(node.prop) === declaration.prop &&
      (node.prop !== declaration.prop ||
        inDeclaration(node).every(([, feature]) => lackedBy(feature).length === 0)),
  );
}

function bare(property: string): string {
  return property.replace(/^-(?:webkit|moz)-/, '');
}

function inDeclaration({ prop, value }: Declaration): Named[] {
  const known = properties[prop];
  const own = prop.startsWith('-');
  if (lackedBy(known).length > 0) return [[prop, known]]; // the whole property is newer, so its value does not matter
  const keywords = value.replace(/"[^"]*"|'[^']*'/g, '""').matchAll(/(?<![\w.#-])-?[a-z][a-z-]*(\(?)/gi);
  const words = [...keywords].map(([text, opens]): Named => {
    const name = text.replace('(', '');
    return opens
      ? [`${name}()`, known?.[`${name}_function`] ?? types[name] ?? types['color']?.[name]]
      : [`${prop}: ${name}`, own ? undefined : known?.[name]];
  });
  const units = [...value.matchAll(/(?<![\w#-])\d*\.?\d+([a-z]+)/gi)].map(([, unit]): Named => {
    const name = UNITS.find(([pattern]) => pattern.test(unit!))?.[1] ?? unit!;
    return [unit!, types['length']?.[name]];
  });
  const alternative: Named[] =
    prop === 'content' && /["'] *\/ *["']/.test(value) ? [['content: /', known?.['alt_text']]] : [];
  return [...words, ...units, ...alternative];
}
