import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Squeezes the white space of `css`, `html` and `svg` templates, which no minifier dares to touch. */
function squeezeTemplates(): Plugin {
  return {
    name: 'squeeze-templates',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('/src/widget/')) return null;
      const pieces: Piece[] = [];
      collect(this.parse(code), code, pieces);
      let squeezed = code;
      for (const { start, end, text } of pieces.sort((a, b) => b.start - a.start)) {
        squeezed = squeezed.slice(0, start) + text + squeezed.slice(end);
      }
      return { code: squeezed, map: null };
    },
  };
}

function collect(value: unknown, code: string, pieces: Piece[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, code, pieces);
  if (!isNode(value)) return;
  const tag = value['tag'];
  const quasi = value['quasi'];
  if (value.type === 'TaggedTemplateExpression' && isNode(tag) && isNode(quasi)) {
    const squeeze = tag['name'] === 'css' ? squeezeCss : squeezeMarkup;
    const texts = ['css', 'html', 'svg'].includes(String(tag['name'])) ? quasi['quasis'] : [];
    for (const { start, end } of texts as Piece[]) {
      pieces.push({ start, end, text: squeeze(code.slice(start, end)) });
    }
  }
  for (const child of Object.values(value)) collect(child, code, pieces);
}

function isNode(value: unknown): value is { type: string } & Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/**
 * The hosted page's script loads the built element instead of sharing chunks with it: so the element's entry can
 * hold lit as well, which saves every shop's payers a round trip.
 */
function payLoadsElement(): Plugin {
  return {
    name: 'pay-loads-element',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      const fromPay = importer?.endsWith('/src/widget/pay.ts') && source === './index.ts';
      return fromPay ? { id: './sbp-checkout.js', external: true } : null;
    },
  };
}

/** One space stays: between inline elements it is visible. */
function squeezeMarkup(source: string): string {
  return source.replace(/\s+/g, ' ');
}

function squeezeCss(source: string): string {
  return source
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replaceAll(';}', '}')
    .trim();
}

export default defineConfig({
  appType: 'mpa',
  server: { host: '127.0.0.1' },
  plugins: [squeezeTemplates(), payLoadsElement()],
  build: {
    target: 'es2022',
    outDir: 'dist/cdn',
    // An application build would add Vite's preload helper, which is of no use to a page that is not Vite's.
    modulePreload: false,
    lib: {
      formats: ['es'],
      entry: {
        'sbp-checkout': resolve(import.meta.dirname, 'src/widget/index.ts'),
        pay: resolve(import.meta.dirname, 'src/widget/pay.ts'),
      },
    },
    rolldownOptions: {
      // Lets the entry hold what the parts on demand share with it, which saves a round trip before the first word.
      preserveEntrySignatures: 'allow-extension',
      output: {
        // Without it, rolldown leaves the white space of ES modules alone.
        minify: true,
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    },
  },
});
