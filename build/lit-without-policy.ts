import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import { faultOfMarkup } from './plain-markup.ts';
import { childNodes, isNode, type SourceNode } from './source.ts';

/** The edits below fit this release. Review them for another release. */
const VERSION = '3.3.3';

/** The module id by which the edited Lit imports the builder, independent of the path of the sources. */
const BUILDER = 'sbp-checkout:markup-builder';

/** Pieces of `lit-html.js` and their replacements. Each piece occurs exactly once. */
const EDITS: readonly (readonly [string, string])[] = [
  // `createPolicy` throws if the page's own Lit has registered a policy of this name.
  [',e=s?s.createPolicy("lit-html",{createHTML:t=>t}):void 0', ''],
  ['return void 0!==e?e.createHTML(i):i', 'return i'],
  ['s.innerHTML=t,s', 'buildMarkup(s.content,t),s'],
  // A bound attribute needs a name that `setAttribute` accepts in every browser; `@click$lit$` is not accepted.
  ['h="$lit$"', 'h="_lit_"'],
  ['s.slice(0,d)+h+s.slice(d)', 's.slice(0,d-a.length)+h+e.length+s.slice(d)'],
  ['t.endsWith(h)', 't.startsWith(h)'],
  ['`lit$${Math.random().toFixed(9).slice(2)}$`', '`lit_${Math.random().toFixed(9).slice(2)}`'],
  // The builder does not support expressions inside raw text elements.
  ['(y.test(u[2])&&(n=RegExp("</"+u[2],"g")),c=p)', '(c=p)'],
  [
    'if(y.test(r.tagName)){const t=r.textContent.split(o),i=t.length-1;if(i>0){r.textContent=s?s.emptyScript:"";' +
      'for(let s=0;s<i;s++)r.append(t[s],c()),P.nextNode(),d.push({type:2,index:++l});r.append(t[i],c())}}',
    '',
  ],
  // The page's own Lit would warn about another Lit in this list.
  [',(t.litHtmlVersions??=[]).push("3.3.3")', ''],
];

/**
 * Changes Lit in the built element so that it needs no Trusted Types policy: templates are built from nodes instead of by
 * `innerHTML`. The build fails on template markup that the builder would read differently from a browser.
 */
export function litWithoutPolicy(): Plugin {
  let done = false;
  return {
    name: 'lit-without-policy',
    apply: 'build',
    resolveId(id) {
      return id === BUILDER ? resolve(import.meta.dirname, 'markup-builder.ts') : null;
    },
    transform(code, id) {
      if (id.includes('/src/widget/')) {
        for (const node of childNodes(this.parse(code))) refuse(node, code, (fault) => this.error(fault));
        return null;
      }
      if (!id.endsWith('/lit-html/lit-html.js')) return null;
      const { version } = JSON.parse(readFileSync(resolve(id, '../package.json'), 'utf8')) as {
        version: string;
      };
      if (version !== VERSION) this.error(`lit-html ${version} is not ${VERSION}: read it first`);
      let edited = code;
      for (const [piece, instead] of EDITS) {
        const parts = edited.split(piece);
        if (parts.length !== 2) this.error(`lit-html holds ${parts.length - 1} times: ${piece}`);
        edited = parts.join(instead);
      }
      done = true;
      return { code: `import { buildMarkup } from '${BUILDER}';\n${edited}`, map: null };
    },
    buildEnd(error) {
      if (!error && !done) this.error('lit-html was not met: it would take a policy');
    },
  };
}

function refuse(node: SourceNode, code: string, report: (fault: string) => never): void {
  const { tag, quasi } = node;
  if (isNode(tag) && isNode(quasi) && ['html', 'svg'].includes(String(tag['name']))) {
    const strings = (quasi['quasis'] as SourceNode[]).map(({ start, end }) => code.slice(start, end));
    const fault = faultOfMarkup(strings);
    if (fault !== null) report(`${fault}, in the template ${code.slice(node.start, node.end)}`);
  }
  for (const child of childNodes(node)) refuse(child, code, report);
}
