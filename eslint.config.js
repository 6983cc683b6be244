import { defineConfig } from 'eslint/config';
import globals from 'globals';
import * as lit from 'eslint-plugin-lit';
import * as wc from 'eslint-plugin-wc';
import tseslint from 'typescript-eslint';
import { BESIDE_THE_PAGE, IN_THE_PAGE } from './test/support/scripted-hands.ts';

/** Packages that a folder may not import. The floors of `src` are checked by .dependency-cruiser.mjs. */
function mayNotImport(folder, packages, reason) {
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: packages.map((name) => ({
            group: [name, `${name}/**`],
            message: `src/${folder} may not import ${name}: ${reason}.`,
          })),
        },
      ],
    },
  };
}

export default defineConfig(
  { ignores: ['dist/', 'data/', 'node_modules/', 'coverage/'] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
      globals: { ...globals.browser, ...globals.node },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Build nodes: markup from strings is how pages get hijacked.' },
        { property: 'outerHTML', message: 'Build nodes: markup from strings is how pages get hijacked.' },
      ],
      // noPropertyAccessFromIndexSignature of tsconfig requires brackets.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/widget/**/*.ts'],
    extends: [lit.configs['flat/recommended'], wc.configs['flat/recommended']],
  },
  {
    // These files run in browsers that have only ES5's built-ins.
    files: ['src/widget/hosted-page/*.ts', 'src/protocol/payment-token.ts'],
    rules: {
      '@typescript-eslint/prefer-includes': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': 'off', // the minifier would emit `??`
      '@typescript-eslint/prefer-string-starts-ends-with': 'off',
    },
  },
  mayNotImport('protocol', ['lit', 'node:*'], 'browser and server both use it'),
  mayNotImport('widget', ['node:*'], "it runs in the payer's browser"),
  mayNotImport('webhooks', ['lit'], 'it runs on the server'),
  mayNotImport('companion', ['lit'], 'it runs on the server'),
  {
    // These files write to a terminal or a browser's console.
    files: [
      'bench/**',
      'demo/*.ts',
      'test/**',
      'src/companion/cli/main.ts',
      'src/widget/browser/developer-note.ts',
      'src/widget/controllers/tell-developer.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // The runner awaits the promises of node:test's describe/it; chai's assertions are expressions.
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  // Tests may tap and type only in ways that a payer can.
  {
    files: ['test/**/*.ts', 'demo/*.ts'],
    ignores: ['test/support/scripted-hands*.ts', 'test/support/unpressable-key.ts'],
    rules: { 'no-restricted-syntax': ['error', ...BESIDE_THE_PAGE] },
  },
  {
    files: ['test/widget/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...IN_THE_PAGE] },
  },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
