import { createHash } from 'node:crypto';
import { loadConfig } from '../config.ts';
import { ENTRY, readElementBuild, type ElementBuild } from '../http/pages/element-build.ts';

/** Prints what a page takes to load this build of the element from this companion, and no other. */
export async function snippet(): Promise<void> {
  const build = await readElementBuild();
  if (build === null) throw new Error('the element is not built: run "npm run build" first');
  process.stdout.write(pinnedSnippet(build, loadConfig(process.env).publicUrl));
}

/**
 * The script's own `integrity` covers its own bytes only: what it imports on demand is covered by the import map, in
 * browsers that know `integrity` there.
 */
export function pinnedSnippet({ integrity, pinnedPath }: ElementBuild, publicUrl: string): string {
  const address = (name: string) => new URL(`${publicUrl}${pinnedPath}/${name}`).href;
  const needed = Object.keys(integrity).filter((name) => name === ENTRY || name.startsWith('chunks/'));
  const map = JSON.stringify({
    integrity: Object.fromEntries(needed.map((name) => [address(name), integrity[name]])),
  });
  const mapHash = createHash('sha256').update(map).digest('base64');
  return `<!-- Under a Content-Security-Policy, script-src needs ${new URL(publicUrl).origin} 'sha256-${mapHash}' -->
<script type="importmap">${map}</script>
<script type="module" src="${address(ENTRY)}" integrity="${integrity[ENTRY]!}" crossorigin></script>
`;
}
