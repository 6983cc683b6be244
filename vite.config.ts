import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { es5Scripts } from './build/es5-scripts.ts';
import { leanEventStream } from './build/lean-event-stream.ts';
import { leanQrcode } from './build/lean-qrcode.ts';
import { litWithoutPolicy } from './build/lit-without-policy.ts';
import { publishIntegrity } from './build/publish-integrity.ts';
import { shareBindings } from './build/share-bindings.ts';
import { squeezeTemplates } from './build/squeeze-templates.ts';

export default defineConfig({
  appType: 'mpa',
  server: { host: '127.0.0.1' },
  plugins: [
    squeezeTemplates(),
    litWithoutPolicy(),
    leanEventStream(),
    leanQrcode(),
    shareBindings(),
    es5Scripts(),
    publishIntegrity(),
  ],
  build: {
    target: 'es2022',
    outDir: 'dist/cdn',
    // An application build would add Vite's preload helper, which is of no use to a page that is not Vite's.
    modulePreload: false,
    lib: {
      formats: ['es'],
      entry: {
        'sbp-checkout': resolve(import.meta.dirname, 'src/widget/index.ts'),
      },
    },
    rolldownOptions: {
      // Lets the entry hold what the parts on demand share with it, which saves a round trip before the first word. It
      // does so as long as they all share the same: hence the controls' styles in every one of them (bench/size.ts looks).
      preserveEntrySignatures: 'allow-extension',
      output: {
        comments: { annotation: false }, // nobody shakes the tree of a script tag
        // Without it, rolldown leaves the white space of ES modules alone.
        minify: true,
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    },
  },
});
