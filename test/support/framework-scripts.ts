import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const file = (name: string): Buffer => readFileSync(join(ROOT, 'node_modules', name));

/**
 * Bundles the development build of React 19, which has only modules. The bundle sets the same globals as React 18's own
 * files.
 */
async function react19(): Promise<string> {
  const entry = join(ROOT, 'react-19.js');
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: { alias: [{ find: /^react$/, replacement: 'react-19' }] },
    plugins: [
      {
        name: 'react-19',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) =>
          id === entry
            ? `import * as React from 'react-19'; import * as ReactDOM from 'react-dom-19/client'; Object.assign(window, { React, ReactDOM });`
            : null,
      },
    ],
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'page' } },
  });
  const [bundle] = [built].flat();
  if (!bundle || !('output' in bundle)) throw new Error('nothing was bundled');
  return bundle.output[0].code;
}

/** Returns the frameworks' development builds, which print warnings, by their path in a test's shop. */
export async function frameworkScripts(): Promise<ReadonlyMap<string, string | Buffer>> {
  return new Map<string, string | Buffer>([
    [
      '/react-18.js',
      Buffer.concat([file('react/umd/react.development.js'), file('react-dom/umd/react-dom.development.js')]),
    ],
    ['/react-19.js', await react19()],
    ['/vue.js', file('vue/dist/vue.global.js')],
    ['/htmx.js', file('htmx.org/dist/htmx.js')],
    ['/idiomorph.js', file('idiomorph/dist/idiomorph.js')],
  ]);
}
