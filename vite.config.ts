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
    // An application build would add Vite's preload helper, which only pages built by Vite can use.
    modulePreload: false,
    lib: {
      formats: ['es'],
      entry: {
        'sbp-checkout': resolve(import.meta.dirname, 'src/widget/index.ts'),
      },
    },
    rolldownOptions: {
      // Puts code shared with lazily loaded parts into the entry, which saves a round trip before the first paint. This works
      // only while all parts share the same code: each of them contains the controls' styles (checked by bench/size.ts).
      preserveEntrySignatures: 'allow-extension',
      output: {
        comments: { annotation: false }, // only tree shaking needs annotations
        // Without this, rolldown does not minify the white space of ES modules.
        minify: true,
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    },
  },
});
