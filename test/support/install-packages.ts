import { spawnSync } from 'node:child_process';

/** True if this process may install Debian packages: it runs as root on Debian or a derived system. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Installs Debian packages. Does nothing where {@link canInstallPackages} is false. */
export function installPackages(packages: readonly string[]): void {
  if (packages.length === 0 || !canInstallPackages()) return;
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // Keeps a package from starting its own service.
    RUNLEVEL: '1',
  };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    console.log(`apt-get ${args.join(' ')}`);
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
}
