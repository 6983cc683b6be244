import { createHash } from 'node:crypto';
import { CommandError } from './command-error.ts';
import { loadConfig } from '../config.ts';
import { ENTRY, readElementBuild, type ElementBuild } from '../http/pages/element-build.ts';

/** Prints the tags with which a page loads exactly this build of the element from this companion. */
export async function snippet(): Promise<void> {
  const build = await readElementBuild();
  if (build === null) throw new CommandError('The element is not built: run "npm run build" first.');
  process.stdout.write(pinnedSnippet(build, loadConfig(process.env).publicUrl));
}

/**
 * Returns the import map and the script tag. The script's `integrity` covers only its own bytes; the `integrity` of the import map
 * covers the chunks that it imports, in browsers that support it.
 */
export function pinnedSnippet({ integrity, pinnedPath }: ElementBuild, publicUrl: string): string {
  const address = (name: string) => new URL(`${publicUrl}${pinnedPath}/${name}`).href;
  const names = Object.keys(integrity).filter((name) => name === ENTRY || name.startsWith('chunks/'));
  const map = JSON.stringify({
    integrity: Object.fromEntries(names.map((name) => [address(name), integrity[name]])),
  });
  const mapHash = createHash('sha256').update(map).digest('base64');
  return `<!-- Under a Content-Security-Policy, script-src needs ${new URL(publicUrl).origin} 'sha256-${mapHash}' -->
<script type="importmap">${map}</script>
<script type="module" src="${address(ENTRY)}" integrity="${integrity[ENTRY]!}" crossorigin></script>
`;
}
