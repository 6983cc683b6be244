import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { TlsIdentity } from '../../outbound/client.ts';
import type { SettingsReader } from '../settings-reader.ts';

/** The only scope that the bank's document of this service names. */
export const PAY_SCOPE = 'https://api.sberbank.ru/qr/order.pay';

/** The scope of the neighbouring order service, which the status call belongs to. */
export const STATUS_SCOPE = 'https://api.sberbank.ru/qr/order.status';

/** The end of every base address; the setting may omit it. */
const BASE_PATH = '/prod';

export interface SberbankSettings {
  /** Ends in `/prod`, without a trailing slash. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Our client certificate for mutual TLS; `null` only with a plain-http address, in development. */
  readonly identity: TlsIdentity | null;
  readonly memberId: string;
  readonly tid: string;
  readonly idQr: string;
  /** The path of the status call, appended to the base address. Not in the document at hand. */
  readonly statusPath: string;
  /** The scope of the status call. Defaults to that of the neighbouring order service. */
  readonly statusScope: string;
  /** The text in the payer's bank for a payment without a description. */
  readonly message: string;
  /** True if the gateway is one for tests: no money moves. */
  readonly test: boolean;
}

export function readSberbankSettings(reader: SettingsReader): SberbankSettings {
  const baseUrl = reader.url('SBP_SBERBANK_URL', BASE_PATH);
  return {
    baseUrl,
    clientId: reader.credential('SBP_SBERBANK_CLIENT_ID', 'the client id at the bank'),
    clientSecret: reader.credential('SBP_SBERBANK_CLIENT_SECRET', 'the client secret at the bank'),
    identity: readIdentity(reader, baseUrl.startsWith('http://')),
    memberId: reader.credential('SBP_SBERBANK_MEMBER_ID', 'the shop’s id (member_id)'),
    tid: reader.credential('SBP_SBERBANK_TID', 'the terminal (tid)'),
    idQr: reader.credential('SBP_SBERBANK_ID_QR', 'the device (id_qr)'),
    statusPath: readPath(reader, 'SBP_SBERBANK_STATUS_PATH', '/qr/order/v3/status'),
    statusScope: readScope(reader, 'SBP_SBERBANK_STATUS_SCOPE', STATUS_SCOPE),
    message: reader.env.text('SBP_SBERBANK_MESSAGE', 'Оплата заказа'),
    test: reader.env.flag('SBP_SBERBANK_TEST'),
  };
}

/** Returns a path below the base address, whether or not the setting repeats the end of that address. */
function readPath(reader: SettingsReader, name: string, fallback: string): string {
  const path = reader.env.text(name, fallback);
  if (!/^\/[\x21-\x7e]*$/.test(path)) reader.env.mistake(`${name} must be a path such as ${fallback}`);
  return path.startsWith(`${BASE_PATH}/`) ? path.slice(BASE_PATH.length) : path;
}

function readScope(reader: SettingsReader, name: string, fallback: string): string {
  const scope = reader.env.text(name, fallback);
  if (!/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(scope)) {
    reader.env.mistake(`${name} must be a scope such as ${fallback}`);
  }
  return scope;
}

function readIdentity(reader: SettingsReader, plain: boolean): TlsIdentity | null {
  const cert = reader.certificate('SBP_SBERBANK_CERT');
  const key = reader.certificateKey('SBP_SBERBANK_KEY');
  const ca = reader.certificate('SBP_SBERBANK_CA');
  if (cert !== null && key !== null) {
    if (belongTogether(cert, key) === false) {
      reader.env.mistake('SBP_SBERBANK_KEY is not the key of the certificate in SBP_SBERBANK_CERT');
    }
    return { cert, key, ca };
  }
  if (!plain || cert !== null || key !== null) {
    reader.env.mistake(
      'SBP_SBERBANK_CERT and SBP_SBERBANK_KEY are required: the bank asks for a client certificate',
    );
  }
  return null;
}

/** `null` when either cannot be parsed, which is already noted as a mistake. */
function belongTogether(cert: string, key: string): boolean | null {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return null;
  }
}
