import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const SOURCE = `
import { html, LitElement } from 'lit';
customElements.define('shop-basket', class extends LitElement {
  render() { return html\`<button @click=\${() => {}} class="\${'own'} lit">Корзина</button>\`; }
});
document.body.append(document.createElement('shop-basket'));
`;

/**
 * Bundles a shop's own script with Lit from npm, which creates Lit's Trusted Types policy. The script draws
 * `<shop-basket>`.
 */
export async function bundleShopLit(): Promise<string> {
  const virtual = join(ROOT, 'shop-lit.js');
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'shop-lit',
        resolveId: (id) => (id === virtual ? id : null),
        load: (id) => (id === virtual ? SOURCE : null),
      },
    ],
    build: { write: false, lib: { entry: virtual, formats: ['es'], fileName: 'shop-lit' } },
  });
  const [bundle] = [built].flat();
  if (!bundle || !('output' in bundle)) throw new Error('nothing was bundled');
  return bundle.output[0].code;
}
