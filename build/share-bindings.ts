import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { applyEdits, childNodes, isNode, type Edit, type SourceNode } from './source.ts';

/** The file whose bindings the lazily loaded parts use. */
const ENTRY = 'sbp-checkout.js';

/**
 * Shares bindings of the entry with the lazily loaded parts by a global symbol of the build instead of an import. If a page loads
 * `sbp-checkout.js?ver=6.4`, or a copy from another folder, an import of `sbp-checkout.js` would load the entry again. The
 * first copy of a build on a page serves the parts of all copies. Each build has a different symbol.
 */
export function shareBindings(): Plugin {
  let shared = '';
  return {
    name: 'share-bindings',
    apply: 'build',
    buildEnd(error) {
      if (error) return;
      // Hashes only contents without paths, so that the bytes do not depend on the folder of the build.
      const contents = [...this.getModuleIds()].map((id) => sha256(this.getModuleInfo(id)?.code ?? ''));
      const identity = sha256([this.meta.rolldownVersion, ...contents.sort()].join()).slice(0, 12);
      shared = `globalThis[Symbol.for("sbp-checkout ${identity}")]`;
    },
    renderChunk(code, chunk) {
      const isEntry = chunk.fileName === ENTRY;
      if (!isEntry && !chunk.imports.includes(ENTRY)) return null;
      const own = isEntry ? (this.getModuleInfo(chunk.facadeModuleId!)?.exports ?? []) : [];
      const edits = childNodes(this.parse(code)).flatMap((node) =>
        isEntry ? publish(node, code, own, shared) : receive(node, code, shared),
      );
      if (isEntry && edits.length !== 1) this.error(`${ENTRY} has ${edits.length} lists of exports, not one`);
      return { code: applyEdits(code, edits), map: null };
    },
  };
}

/** Leaves the entry's own exports unchanged. */
function publish(node: SourceNode, code: string, own: readonly string[], shared: string): Edit[] {
  if (node.type !== 'ExportNamedDeclaration') return [];
  const pairs = (node['specifiers'] as SourceNode[]).map(
    (specifier) => [text(specifier['local'], code), text(specifier['exported'], code)] as const,
  );
  const of = (kept: boolean) => pairs.filter(([, name]) => own.includes(name) === kept);
  const exported = of(true).map(([local, name]) => (local === name ? name : `${local} as ${name}`));
  const bindings = of(false).map(([local, name]) => `${name}: ${local}`);
  const edited = `${shared} ??= { ${bindings.join(', ')} };\nexport { ${exported.join(', ')} };`;
  return [{ start: node.start, end: node.end, text: edited }];
}

function receive(node: SourceNode, code: string, shared: string): Edit[] {
  if (node.type !== 'ImportDeclaration' || !text(node['source'], code).includes(`/${ENTRY}`)) return [];
  const specifiers = node['specifiers'] as SourceNode[];
  if (specifiers.length === 0) return [];
  const bindings = specifiers.map(
    (specifier) => `${text(specifier['imported'], code)}: ${text(specifier['local'], code)}`,
  );
  return [{ start: node.start, end: node.end, text: `const { ${bindings.join(', ')} } = ${shared};` }];
}

function text(node: unknown, code: string): string {
  if (!isNode(node)) throw new Error('rolldown has written an import or an export otherwise: read it first');
  return code.slice(node.start, node.end);
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('base64url');
}
