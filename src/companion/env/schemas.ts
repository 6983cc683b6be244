import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { isAddressRange } from '../outbound/ip-ranges.ts';
import { objectionToConfigured } from '../outbound/address-guard.ts';
import { isFromKubernetes } from './known-variables.ts';
import { PROVIDER_NAMES, type ProviderName } from './provider-names.ts';
import { IN_QUOTES, secretFault, strengthFault } from './secret-form.ts';

/**
 * Valibot schemas from a variable's text to the value of a setting; `null` is the text of an unset variable. A message is a predicate of the variable ("must be …"), or begins with a
 * colon when it is about one entry of a list.
 */

/** Returns the fault of a value, `null` for a good one. */
type FaultOf<T> = (value: T) => string | null;

/** A check that reports the fault which `faultOf` returns. A value that has a fault already is not checked. */
export function faultless<T>(faultOf: FaultOf<T>): v.RawCheckAction<T> {
  return v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed && !dataset.issues ? faultOf(dataset.value) : null;
    if (fault !== null) addIssue({ message: fault });
  });
}

/** Names the variable that holds a setting. */
export function variable<const S extends v.GenericSchema>(name: string, schema: S) {
  return v.pipe(schema, v.title(name));
}

/** A setting that must be set. */
export function required(meaning: string) {
  return v.string(`is required: ${meaning}`);
}

export function text(fallback: string) {
  return v.nullable(v.string(), fallback);
}

/** A text that must match `pattern`. */
export function textLike(pattern: RegExp, kind: string, fallback: string) {
  return v.nullable(v.pipe(v.string(), v.regex(pattern, `must be a ${kind} such as ${fallback}`)), fallback);
}

/** An address, number or list. Quotes around it are a mistake. */
function unquoted(faultOf: FaultOf<string> = () => null) {
  return v.pipe(
    v.string(),
    faultless((value) => (/^(["']).*\1$/s.test(value) ? IN_QUOTES : faultOf(value))),
  );
}

export function oneOf<const T extends string>(allowed: readonly T[], fallback: NoInfer<T>) {
  const message = ({ received }: { received: string }) =>
    `must be one of ${allowed.join(', ')}, not ${received}`;
  return v.nullable(v.pipe(unquoted(), v.picklist(allowed, message)), fallback);
}

export const flag = v.pipe(
  oneOf(['true', 'false', '1', '0'], 'false'),
  v.transform((value) => value === 'true' || value === '1'),
);

/** A whole number; 0 turns the limit off. */
export function count(fallback: number) {
  const faultOf = (value: string) =>
    /^\d{1,7}$/.test(value) ? null : `must be a whole number from 0 (off) to 9999999, not "${value}"`;
  return v.nullable(v.pipe(unquoted(faultOf), v.transform(Number)), String(fallback));
}

export function port(name: string, fallback: number) {
  const faultOf = (value: string) => {
    if (isFromKubernetes(name, value)) {
      return (
        `is "${value}": Kubernetes has set it for a service of that name. ` +
        'Set enableServiceLinks: false in the pod, or rename the service'
      );
    }
    if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return null;
    return `must be a port number from 0 to 65535, not "${value}"`;
  };
  return v.nullable(v.pipe(unquoted(faultOf), v.transform(Number)), String(fallback));
}

/** An IP address or a host name to listen on. */
export function listenHost(fallback: string) {
  return v.nullable(unquoted(listenHostFault), fallback);
}

function listenHostFault(host: string): string | null {
  if (isIP(host) !== 0 || /^[A-Za-z0-9._-]+$/.test(host)) return null;
  const inBrackets = /^\[(.*)\](?::\d+)?$/.exec(host)?.[1] ?? '';
  if (isIP(inBrackets) === 6) {
    return `must be written without brackets, which belong only into addresses of pages: ${inBrackets}, not "${host}"`;
  }
  return /:\d+$/.test(host)
    ? `must be an address alone: the port belongs into SBP_PORT, not "${host}"`
    : `must be an IP address or a name, such as 127.0.0.1, 0.0.0.0 (all IPv4) or :: (all), not "${host}"`;
}

/** Entries with commas between them. */
export const list = v.nullable(
  v.pipe(
    unquoted(),
    v.transform((value) => splitList(value)),
  ),
  '',
);

export function listOf(faultOf: FaultOf<string>) {
  const entry = v.pipe(
    v.string(),
    faultless((value) => {
      const fault = faultOf(value);
      return fault === null ? null : `: ${fault}`;
    }),
  );
  return v.pipe(list, v.array(entry));
}

export const addressRanges = listOf(addressRangeFault);

function addressRangeFault(value: string): string | null {
  return isAddressRange(value) ? null : `"${value}" is neither an IP address nor a range such as 10.0.0.0/8`;
}

/** Address ranges by provider: `sandbox=127.0.0.1|10.0.0.0/8,…` */
export const webhookAddresses = v.pipe(
  listOf((entry) => {
    const [provider, ranges] = splitWebhookAddresses(entry);
    const providerFault = PROVIDER_NAMES.includes(provider)
      ? null
      : `"${provider}" is no provider; there are ${PROVIDER_NAMES.join(', ')}`;
    const faults = [providerFault, ...ranges.map(addressRangeFault)].filter((fault) => fault !== null);
    return faults.length === 0 ? null : faults.join('; ');
  }),
  v.transform(
    (entries) =>
      Object.fromEntries(entries.map(splitWebhookAddresses)) as Partial<Record<ProviderName, string[]>>,
  ),
);

function splitWebhookAddresses(entry: string): [provider: ProviderName, ranges: string[]] {
  const [provider = '', ranges = ''] = entry.split('=').map((part) => part.trim());
  return [provider as ProviderName, splitList(ranges, '|')];
}

export const origins = v.pipe(
  listOf((value) =>
    /^https?:/.test(value) && URL.parse(value)?.origin === value.replace(/\/$/, '')
      ? null
      : `"${value}" is no origin: list origins such as https://shop.example.ru, without a path`,
  ),
  v.transform((values) => values.map((value) => new URL(value).origin)),
);

/** An address without credentials, query and fragment. The value has no trailing slash. */
export function url(schemes: readonly string[]) {
  return v.pipe(
    unquoted((value) => urlFault(value, schemes)),
    v.transform(withoutTrailingSlash),
  );
}

function urlFault(value: string, schemes: readonly string[]): string | null {
  const url = URL.parse(value);
  const shown = withoutCredentials(value);
  if (!url || !schemes.includes(url.protocol)) {
    return schemes.includes('http:')
      ? `must be an http(s) address, not "${shown}"`
      : `must be an https address, not "${shown}" (plain http only with NODE_ENV=development)`;
  }
  if (!url.username && !url.hash && !url.search) return null;
  return `must be without a user name, a query ("?…") and a fragment ("#…"), not "${shown}"`;
}

/** The address of a provider's API, set with or without `path`. The value ends with `path`. */
export function apiAddress(path: string, development: boolean) {
  return v.pipe(
    required('the address of the provider’s API'),
    v.transform(withoutTrailingSlash),
    faultless((address) => objectionToConfigured(address, development)),
    faultless((address) => (/[?#]/.test(address) ? 'must have no query and no fragment' : null)),
    v.transform((address) => (address.endsWith(path) ? address : `${address}${path}`)),
  );
}

/** A credential for calls to a provider: printable ASCII, because it goes into a header. */
export function credential(meaning: string) {
  return v.pipe(required(meaning), faultless(secretFault));
}

/**
 * Secrets with commas between them. `isStrengthChecked`: true where a guessed secret would do harm; false for development.
 */
export function secrets(meaning: string, isStrengthChecked = true) {
  const secret = v.pipe(
    v.string(),
    faultless(secretFault),
    faultless((value) => (isStrengthChecked ? strengthFault(value) : null)),
  );
  return v.pipe(
    required(meaning),
    v.transform((value) => splitList(value)),
    v.array(secret),
  );
}

/** `file:<path>`. The value is an absolute path. */
export function databaseFile(workingDirectory: string, fallback: string) {
  const pathOf = (value: string) => {
    const path = /^file:(?:\/\/)?([^?#]+)$/.exec(value)?.[1];
    return path === undefined ? null : resolve(workingDirectory, path);
  };
  const faultOf = (value: string) => {
    const file = pathOf(value);
    if (file === null) return `must be file:<path of the SQLite file>, not "${withoutCredentials(value)}"`;
    if (!statSync(file, { throwIfNoEntry: false })?.isDirectory()) return null;
    return `names a folder, ${file}: name the file in it, such as file:${join(file, 'sbp-checkout.sqlite')}`;
  };
  return v.nullable(
    v.pipe(
      unquoted(faultOf),
      v.transform((value) => pathOf(value)!),
    ),
    fallback,
  );
}

function withoutTrailingSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//***@');
}

export function splitList(value: string, separator = ','): string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
