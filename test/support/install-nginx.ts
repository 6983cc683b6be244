import { spawnSync } from 'node:child_process';
import { canInstallPackages, installPackages } from './install-packages.ts';

export const NGINX_PACKAGE = 'nginx-light';

/** Returns the path of nginx and installs it if it is missing. Otherwise returns the reason why there is none. */
export function ensureNginx(): { readonly path: string } | { readonly missing: string } {
  const found = findNginx();
  if (found !== null) return { path: found };
  if (!canInstallPackages()) return { missing: 'there is no nginx, and only root on Debian can install it' };
  installPackages([NGINX_PACKAGE]);
  const installed = findNginx();
  return installed === null
    ? { missing: `there is no nginx, and apt-get install ${NGINX_PACKAGE} installed none` }
    : { path: installed };
}

/** Returns the path of nginx; `null` when there is none. Debian keeps it outside the PATH of most users. */
export function findNginx(): string | null {
  const places = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx'];
  return places.find((path) => spawnSync(path, ['-v'], { stdio: 'ignore' }).status === 0) ?? null;
}
