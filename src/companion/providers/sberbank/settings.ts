import { X509Certificate, createPrivateKey } from 'node:crypto';
import * as v from 'valibot';
import type { TlsIdentity } from '../../outbound/client.ts';
import { certificate, certificateKey } from '../../env/pem.ts';
import { apiAddress, credential, flag, text, textLike, variable } from '../../env/schemas.ts';

/** The only scope that the bank's document of this service names. */
export const PAY_SCOPE = 'https://api.sberbank.ru/qr/order.pay';

/** The scope of the neighbouring order service, which the status call belongs to. */
export const STATUS_SCOPE = 'https://api.sberbank.ru/qr/order.status';

/** The end of every base address; the setting may omit it. */
const BASE_PATH = '/prod';

const IDENTITY_REQUIRED =
  'SBP_SBERBANK_CERT and SBP_SBERBANK_KEY are required: the bank asks for a client certificate';

export type SberbankSettings = Readonly<v.InferOutput<ReturnType<typeof sberbankSettings>>>;

export function sberbankSettings(development: boolean) {
  return v.pipe(
    v.object({
      /** Ends with `/prod`. */
      baseUrl: variable('SBP_SBERBANK_URL', apiAddress(BASE_PATH, development)),
      clientId: variable('SBP_SBERBANK_CLIENT_ID', credential('the client id at the bank')),
      clientSecret: variable('SBP_SBERBANK_CLIENT_SECRET', credential('the client secret at the bank')),
      memberId: variable('SBP_SBERBANK_MEMBER_ID', credential('the shop’s id (member_id)')),
      tid: variable('SBP_SBERBANK_TID', credential('the terminal (tid)')),
      idQr: variable('SBP_SBERBANK_ID_QR', credential('the device (id_qr)')),
      cert: variable('SBP_SBERBANK_CERT', v.nullable(certificate)),
      key: variable('SBP_SBERBANK_KEY', v.nullable(certificateKey)),
      ca: variable('SBP_SBERBANK_CA', v.nullable(certificate)),
      /** The path of the status call, appended to the base address. Not in the bank's document at hand. */
      statusPath: variable(
        'SBP_SBERBANK_STATUS_PATH',
        v.pipe(
          textLike(/^\/[\x21-\x7e]*$/, 'path', '/qr/order/v3/status'),
          v.transform((path) => (path.startsWith(`${BASE_PATH}/`) ? path.slice(BASE_PATH.length) : path)),
        ),
      ),
      /** Scope of the status query: that of the neighbouring order service, unless the bank granted another one. */
      statusScope: variable(
        'SBP_SBERBANK_STATUS_SCOPE',
        textLike(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, 'scope', STATUS_SCOPE),
      ),
      /** The payer's bank shows this for a payment without a description. */
      message: variable('SBP_SBERBANK_MESSAGE', text('Оплата заказа')),
      /** The gateway is one for tests: no money moves. */
      test: variable('SBP_SBERBANK_TEST', flag),
    }),
    // Outside development the address is always https: a mistake in the address must not hide this one.
    v.partialCheck(
      [['cert'], ['key']],
      ({ cert, key }) => development || (cert !== null && key !== null),
      IDENTITY_REQUIRED,
    ),
    v.partialCheck(
      [['baseUrl'], ['cert'], ['key']],
      ({ baseUrl, cert, key }) =>
        !development || (cert !== null && key !== null) || (cert === key && baseUrl.startsWith('http://')),
      IDENTITY_REQUIRED,
    ),
    v.partialCheck(
      [['cert'], ['key']],
      ({ cert, key }) => cert === null || key === null || isKeyOf(key, cert),
      'SBP_SBERBANK_KEY is not the key of the certificate in SBP_SBERBANK_CERT',
    ),
    v.transform(({ cert, key, ca, ...settings }) => ({
      ...settings,
      /** Mutual TLS; `null` only with a plain-http address, in development. */
      identity: cert === null || key === null ? null : ({ cert, key, ca } satisfies TlsIdentity),
    })),
  );
}

function isKeyOf(key: string, cert: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}
