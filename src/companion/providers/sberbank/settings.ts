import type { TlsIdentity } from '../../outbound/client.ts';
import type { SettingsReader } from '../settings-reader.ts';

export interface SberbankSettings {
  /** With its `/prod`, without a trailing slash. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Mutual TLS; `null` only with a plain-http address, in development. */
  readonly identity: TlsIdentity | null;
  readonly memberId: string;
  readonly tid: string;
  readonly idQr: string;
  /** Where the state of an order is asked for, under the base address; not in the document at hand. */
  readonly statusPath: string;
}

export function readSberbankSettings(reader: SettingsReader): SberbankSettings {
  const baseUrl = reader.url('SBP_SBERBANK_URL', '/prod');
  return {
    baseUrl,
    clientId: reader.credential('SBP_SBERBANK_CLIENT_ID', 'the client id at the bank'),
    clientSecret: reader.credential('SBP_SBERBANK_CLIENT_SECRET', 'the client secret at the bank'),
    identity: readIdentity(reader, baseUrl.startsWith('http://')),
    memberId: reader.credential('SBP_SBERBANK_MEMBER_ID', 'the shop’s id (member_id)'),
    tid: reader.credential('SBP_SBERBANK_TID', 'the terminal (tid)'),
    idQr: reader.credential('SBP_SBERBANK_ID_QR', 'the device (id_qr)'),
    statusPath: reader.env.text('SBP_SBERBANK_STATUS_PATH', '/qr/order/v3/status'),
  };
}

function readIdentity(reader: SettingsReader, plain: boolean): TlsIdentity | null {
  const cert = reader.certificate('SBP_SBERBANK_CERT');
  const key = reader.certificateKey('SBP_SBERBANK_KEY');
  const ca = reader.certificate('SBP_SBERBANK_CA');
  if (cert !== null && key !== null) return { cert, key, ca };
  if (!plain || cert !== null || key !== null) {
    reader.env.mistake(
      'SBP_SBERBANK_CERT and SBP_SBERBANK_KEY are required: the bank asks for a client certificate',
    );
  }
  return null;
}
