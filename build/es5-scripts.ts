import { resolve } from 'node:path';
import ts from 'typescript';
import { build, minify, parseSync, type Plugin } from 'vite';
import { applyEdits, childNodes, type Edit, type SourceNode } from './source.ts';

/** Scripts for browsers that cannot run the element. */
const SCRIPTS = {
  'pay.js': 'src/widget/hosted-page/open.ts',
  'pay.legacy.js': 'src/widget/hosted-page/legacy.ts',
} as const;

/**
 * Adds the hosted page's own scripts to the build, each as one file in ES5, so that every browser can parse them. TypeScript
 * compiles them, because the build's compiler goes no lower than ES2015. Built-ins are not replaced.
 */
export function es5Scripts(): Plugin {
  return {
    name: 'es5-scripts',
    apply: 'build',
    async generateBundle() {
      for (const [fileName, entry] of Object.entries(SCRIPTS)) {
        this.emitFile({ type: 'asset', fileName, source: await compile(fileName, entry) });
      }
    },
  };
}

async function compile(fileName: string, entry: string): Promise<string> {
  const { outputText } = ts.transpileModule(await bundle(entry), {
    compilerOptions: ts.convertCompilerOptionsFromJson(
      { target: 'es5', module: 'esnext', removeComments: true, ignoreDeprecations: '6.0' },
      '.',
    ).options,
  });
  const { code } = await minify(fileName, outputText, { mangle: { toplevel: true } });
  return inOldForms(code.trim());
}

/** The minifier emits template literals and `catch` without a name regardless of its target. This undoes both. */
function inOldForms(code: string): string {
  const edits: Edit[] = [];
  const collect = (node: SourceNode): void => {
    if (node.type === 'TemplateLiteral')
      edits.push({ start: node.start, end: node.end, text: asSum(node, code) });
    else {
      if (node.type === 'CatchClause' && node['param'] === null) {
        const end = node.start + 'catch'.length;
        edits.push({ start: end, end, text: '(e)' });
      }
      childNodes(node).forEach(collect);
    }
  };
  childNodes(parseSync('script.js', code).program).forEach(collect);
  return applyEdits(code, edits);
}

function asSum(template: SourceNode, code: string): string {
  const texts = template['quasis'] as readonly (SourceNode & { value: { cooked: string } })[];
  const values = template['expressions'] as readonly SourceNode[];
  const parts = texts.flatMap(({ value }, index) => {
    const inserted = values[index];
    const source = inserted && inOldForms(code.slice(inserted.start, inserted.end));
    const text = value.cooked === '' && index > 0 ? [] : [JSON.stringify(value.cooked)];
    return source === undefined ? text : [...text, `(${source})`];
  });
  return parts.length > 1 ? `(${parts.join('+')})` : parts[0]!;
}

/** Returns the script with its imports, wrapped in a function. */
async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: resolve(import.meta.dirname, '..', entry), formats: ['iife'], name: 'page' },
    },
  });
  const [{ output }] = built as unknown as [{ output: [{ code: string }] }];
  return output[0].code;
}
