import { lackedBy, MDN } from './browsers.ts';
import type { Finding } from './newer-javascript.ts';

const { elements } = MDN.html;

/**
 * Finds elements in markup that are newer than the floor. Browsers ignore unknown attributes, so those are not checked.
 */
export function newerElements(markup: string): Finding[] {
  return [...markup.matchAll(/<([a-z][a-z0-9]*)[^-a-z0-9]/gi)].flatMap(([where, name]) => {
    const lacking = lackedBy(elements[name!.toLowerCase()]);
    return lacking.length > 0 ? [{ what: `<${name!}>`, where, lackedBy: lacking }] : [];
  });
}
