import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { METHODS, type Method } from '../../protocol/snapshot.ts';
import { isAddressRange } from '../outbound/ip-ranges.ts';
import { isFromKubernetes } from './known-variables.ts';
import { hostObjection } from './listen-host.ts';
import { formObjection, IN_QUOTES } from './secret-form.ts';
import { readSettingFile } from './setting-file.ts';
import type { Env } from './env.ts';
import type { SecretName } from './development-secrets.ts';
import { PROVIDER_NAMES, type ProviderName } from './provider-names.ts';

/** Shorter than 128 bits of anything cannot resist guessing. */
const MIN_SECRET_CHARS = 16;
const DEFAULT_SECRETS = /^(change-?me|secret|password|default|example|test|your[-_ ].*|x+|\*+)\W*$/i;

/** Reads variables one by one and notes what is wrong with each, so that all of it can be told at once. */
export class EnvReader {
  readonly #env: Env;
  readonly #mistakes: string[];
  /** Every name that was asked for, set or not, with its `…_FILE` sibling. */
  readonly names: Set<string>;
  #foundAny = false;

  constructor(env: Env, mistakes: string[], names = new Set<string>()) {
    this.#env = env;
    this.#mistakes = mistakes;
    this.names = names;
  }

  /** A reader of the same variables that notes its mistakes elsewhere. The names that it asks for count as asked for here. */
  aside(mistakes: string[]): EnvReader {
    return new EnvReader(this.#env, mistakes, this.names);
  }

  /** Whether any variable that this reader was asked for is set. */
  get foundAny(): boolean {
    return this.#foundAny;
  }

  /** An address or a name to listen on. */
  host(name: string, fallback: string): string {
    const host = this.#unquoted(name) ?? fallback;
    const objection = hostObjection(host);
    if (objection !== null) this.#mistakes.push(`${name} ${objection}, not "${host}"`);
    return host;
  }

  text(name: string, fallback: string): string {
    return this.#value(name) ?? fallback;
  }

  port(name: string, fallback: number): number {
    const value = this.#unquoted(name);
    if (value === null) return fallback;
    if (isFromKubernetes(name, value)) {
      this.#mistakes.push(
        `${name} is "${value}": Kubernetes has set it for a service of that name. ` +
          'Set enableServiceLinks: false in the pod, or rename the service',
      );
      return fallback;
    }
    const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
    if (port >= 0 && port <= 65_535) return port;
    this.#mistakes.push(`${name} must be a port number from 0 to 65535, not "${value}"`);
    return fallback;
  }

  /** A whole number; 0 turns off what it counts. */
  count(name: string, fallback: number): number {
    const value = this.#unquoted(name);
    if (value === null) return fallback;
    if (/^\d{1,7}$/.test(value)) return Number(value);
    this.#mistakes.push(`${name} must be a whole number from 0 (off) to 9999999, not "${value}"`);
    return fallback;
  }

  list(name: string): string[] {
    return this.#list(name);
  }

  addresses(name: string): string[] {
    return this.#list(name).filter((value) => this.#isAddress(name, value));
  }

  /** `sandbox=127.0.0.1|10.0.0.0/8,…` */
  webhookAddresses(name: string): Partial<Record<ProviderName, string[]>> {
    const byProvider: Partial<Record<ProviderName, string[]>> = {};
    for (const entry of this.#list(name)) {
      const [provider = '', addresses = ''] = entry.split('=').map((part) => part.trim());
      if (!PROVIDER_NAMES.includes(provider as ProviderName)) {
        this.#mistakes.push(`${name}: "${provider}" is no provider; there are ${PROVIDER_NAMES.join(', ')}`);
        continue;
      }
      byProvider[provider as ProviderName] = addresses
        .split('|')
        .map((address) => address.trim())
        .filter((address) => this.#isAddress(name, address));
    }
    return byProvider;
  }

  #isAddress(name: string, value: string): boolean {
    if (isAddressRange(value)) return true;
    this.#mistakes.push(`${name}: "${value}" is neither an IP address nor a range such as 10.0.0.0/8`);
    return false;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.#unquoted(name);
    if (value === null) return fallback;
    if (allowed.includes(value as T)) return value as T;
    this.#mistakes.push(`${name} must be one of ${allowed.join(', ')}, not "${value}"`);
    return fallback;
  }

  url(name: string, fallback: string, schemes: readonly string[]): string {
    const value = this.#unquoted(name);
    if (value === null) return fallback;
    const url = URL.parse(value);
    if (url && schemes.includes(url.protocol) && !url.username && !url.hash && !url.search)
      return value.replace(/\/+$/, '');
    const shown = withoutCredentials(value);
    const objection =
      url && schemes.includes(url.protocol)
        ? `must be without a user name, a query ("?…") and a fragment ("#…"), not "${shown}"`
        : schemes.includes('http:')
          ? `must be an http(s) address, not "${shown}"`
          : `must be an https address, not "${shown}" (plain http only with NODE_ENV=development)`;
    this.#mistakes.push(`${name} ${objection}`);
    return fallback;
  }

  origins(name: string): string[] {
    return this.#list(name).flatMap((value) => {
      const url = URL.parse(value);
      if (url && /^https?:$/.test(url.protocol) && url.origin === value.replace(/\/$/, ''))
        return [url.origin];
      this.#mistakes.push(
        `${name} must list origins such as https://shop.example.ru, without a path; "${value}" is not one`,
      );
      return [];
    });
  }

  secrets(name: SecretName, generated: (() => Record<SecretName, string>) | null): string[] {
    const secrets = splitList(this.#value(name) ?? '');
    if (secrets.length === 0) {
      if (generated) return [generated()[name]];
      this.#mistakes.push(
        `${name} is required: at least ${MIN_SECRET_CHARS} random characters (or ${name}_FILE naming a file that holds them); ` +
          '"sbp-checkout keys" prints one for each. For a trial, NODE_ENV=development generates one',
      );
      return [];
    }
    this.#checkForm(name, secrets);
    if (!generated) this.#checkStrength(name, secrets);
    return secrets;
  }

  /** `null` when it is not set. */
  optional(name: string): string | null {
    return this.#value(name);
  }

  /** Secrets by which messages to us are believed: whoever guesses one can report payments as paid. */
  sharedSecrets(name: string, what: string): string[] {
    const secrets = splitList(this.required(name, what));
    this.#checkForm(name, secrets);
    this.#checkStrength(name, secrets);
    return secrets;
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(this.oneOf(name, ['true', 'false', '1', '0'], 'false'));
  }

  mistake(text: string): void {
    this.#mistakes.push(text);
  }

  databaseFile(name: string, fallback: string, workingDirectory: string): string {
    const value = this.#unquoted(name) ?? fallback;
    const match = /^file:(?:\/\/)?([^?#]+)$/.exec(value);
    const file = match && resolve(workingDirectory, match[1]!);
    if (file && statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
      this.#mistakes.push(
        `${name} names a folder, ${file}: name the file in it, such as file:${join(file, 'sbp-checkout.sqlite')}`,
      );
    }
    if (file) return file;
    this.#mistakes.push(`${name} must be file:<path of the SQLite file>, not "${withoutCredentials(value)}"`);
    return resolve(workingDirectory, 'data/sbp-checkout.sqlite');
  }

  /** `sbp=freepayment,…`. `byDefault`: serves a method that names no provider, and all methods when none is named. */
  methods(name: string, byDefault: ProviderName | null): Partial<Record<Method, ProviderName>> {
    const entries = this.#list(name);
    const methods: Partial<Record<Method, ProviderName>> = {};
    if (entries.length === 0 && byDefault === null) {
      this.#mistakes.push(
        `${name} is required: which provider serves each method, such as sbp=freepayment,sberpay=smart-glocal`,
      );
    }
    for (const entry of entries.length > 0 || byDefault === null ? entries : METHODS) {
      const [method = '', provider = byDefault] = entry.split('=').map((part) => part.trim());
      if (!METHODS.includes(method as Method)) {
        this.#mistakes.push(
          `${name}: "${method}" is no method; write <method>=<provider>, where the method is one of ${METHODS.join(', ')}`,
        );
      } else if (provider === null) {
        this.#mistakes.push(`${name}: "${method}" names no provider; write ${method}=<provider>`);
      } else if (!PROVIDER_NAMES.includes(provider as ProviderName)) {
        this.#mistakes.push(`${name}: "${provider}" is no provider; there are ${PROVIDER_NAMES.join(', ')}`);
      } else if (Object.hasOwn(methods, method)) {
        this.#mistakes.push(`${name}: "${method}" is named twice`);
      } else {
        methods[method as Method] = provider as ProviderName;
      }
    }
    return methods;
  }

  required(name: string, meaning: string): string {
    const value = this.#value(name);
    if (value === null) {
      this.#mistakes.push(`${name} is required: ${meaning} (or ${name}_FILE)`);
    }
    return value ?? '';
  }

  #checkForm(name: string, secrets: readonly string[]): void {
    const objections = new Set(secrets.map(formObjection).filter((objection) => objection !== null));
    for (const objection of objections) this.#mistakes.push(`${name} ${objection}`);
  }

  #checkStrength(name: string, secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (DEFAULT_SECRETS.test(secret))
        this.#mistakes.push(`${name} is a well-known default: choose a random one`);
      else if (secret.length < MIN_SECRET_CHARS) {
        this.#mistakes.push(`${name} is too short: at least ${MIN_SECRET_CHARS} random characters`);
      }
    }
  }

  #list(name: string): string[] {
    return splitList(this.#unquoted(name) ?? '');
  }

  /** Quotes around an address, number or list are a mistake of their own: what is in them is read on. */
  #unquoted(name: string): string | null {
    const value = this.#value(name);
    const inQuotes = value === null ? undefined : /^(["'])(.*)\1$/s.exec(value)?.[2];
    if (inQuotes === undefined) return value;
    this.#mistakes.push(`${name} ${IN_QUOTES}`);
    return blankToNull(inQuotes);
  }

  /** The variable, or the file its `…_FILE` sibling names; an empty one counts as unset. */
  #value(name: string): string | null {
    const file = this.#env[`${name}_FILE`];
    const value = this.#env[name];
    this.names.add(name).add(`${name}_FILE`);
    if (blankToNull(file ?? '') !== null || blankToNull(value ?? '') !== null) this.#foundAny = true;
    if (file && value) this.#mistakes.push(`${name} and ${name}_FILE are both set: keep one`);
    if (!file) return blankToNull(value ?? '');
    const read = readSettingFile(file);
    if ('text' in read) return blankToNull(read.text);
    this.#mistakes.push(`${name}_FILE ${read.objection}`);
    return null;
  }
}

function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//***@');
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function blankToNull(value: string): string | null {
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}
