import { spawnSync } from 'node:child_process';

/** Where an nginx is, installed if need be; or why there is none to be had. */
export function ensureNginx(): { readonly path: string } | { readonly missing: string } {
  const found = findNginx();
  if (found !== null) return { path: found };
  if (process.getuid?.() !== 0) return { missing: 'there is no nginx, and only root could install one' };
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // A package's own service is not started then.
    RUNLEVEL: '1',
  };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'nginx-light'],
  ]) {
    spawnSync('apt-get', args, { stdio: 'ignore', env });
  }
  const installed = findNginx();
  return installed === null
    ? { missing: 'there is no nginx, and apt-get install nginx-light gave none' }
    : { path: installed };
}

/** Debian keeps it where only root looks. */
function findNginx(): string | null {
  const places = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx'];
  return places.find((path) => spawnSync(path, ['-v'], { stdio: 'ignore' }).status === 0) ?? null;
}
