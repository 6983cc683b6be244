/**
 * Reads the acquirer's `form`: a link (GET without fields), or a page of the acquirer that receives hidden fields. It
 * is never altered; a form that could harm a payer's browser is rejected.
 */
import * as v from 'valibot';
import { parseNspkLink } from '../../../protocol/nspk-link.ts';
import type { Presentation } from '../../../protocol/snapshot.ts';

/** Published forms have about ten fields of some tens of characters. */
const MAX_FIELDS = 64;
const MAX_NAME_CHARS = 128;
const MAX_VALUE_CHARS = 4096;
/** All names and values together: every snapshot that is sent to the page contains them. */
const MAX_FORM_CHARS = 32_768;

const plainText = v.check((value: string) => !/\p{Cc}/u.test(value));

const formSchema = v.object({
  action: v.pipe(v.string(), v.maxLength(4096), v.regex(/^https?:\/\/[\x21-\x7e]+$/i)),
  method: v.pipe(v.string(), v.toUpperCase(), v.picklist(['GET', 'POST'])),
  fields: v.nullish(
    v.pipe(
      v.array(
        v.object({
          name: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_CHARS), plainText),
          value: v.pipe(v.string(), v.maxLength(MAX_VALUE_CHARS), plainText),
          // Hidden fields only: a form with fields for the payer to fill in cannot be submitted automatically.
          type: v.optional(v.literal('hidden'), 'hidden'),
        }),
      ),
      v.maxLength(MAX_FIELDS),
      v.check(
        (fields) =>
          fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0) <= MAX_FORM_CHARS,
      ),
    ),
    [],
  ),
});

export interface FormRules {
  /** Allows plain http. For development, where the acquirer itself is reached by http. */
  readonly allowHttp: boolean;
  /** `gateway.iframe`: the acquirer's page may be shown in a frame. */
  readonly iframe: boolean;
}

/** Returns what the payer is shown; `null` for a form to which no payer may be sent. */
export function readForm(form: unknown, { allowHttp, iframe }: FormRules): Presentation | null {
  const parsed = v.safeParse(formSchema, form);
  if (!parsed.success || !isWebAddress(parsed.output.action, allowHttp)) return null;
  const { action, method, fields } = parsed.output;
  if (method === 'GET' && fields.length === 0) return { kind: 'link', url: action, deep_link: null };
  return { kind: 'form', action, http_method: method, fields, iframe };
}

/** Returns the id of the QR code, by which merchants close it; `null` for links that are not NSPK's. */
export function qrIdOf(presentation: Presentation): string | null {
  const link = presentation.kind === 'link' ? parseNspkLink(presentation.url) : null;
  return link?.kind === 'qr' ? link.id : null;
}

function isWebAddress(address: string, allowHttp: boolean): boolean {
  const url = URL.parse(address);
  if (url?.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || allowHttp;
}
