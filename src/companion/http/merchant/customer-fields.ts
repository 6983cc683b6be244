import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import * as v from 'valibot';
import { text } from './request-fields.ts';

const PHONE = 'must be a phone number of 10 to 20 digits, such as +7 999 000-11-22';
const EMAIL = 'must be an e-mail address, such as buyer@example.ru';

/** `доб. 123`, `ext. 5`, `(вн 7)`, `#12`, `,12`: removed, because no message reaches an extension. */
const EXTENSION = /[\s(]*(?:доб|вн|внутр|ext|x|[,;#]+)\.?[\s.:]*\d{1,8}\s*\)?$/iu;
const PHONE_SPELLING = /^\+?[\d\s().\u00a0\u2010-\u2015/-]+$/;

/** Returns the digits, with the leading `+` if there was one; `null` when the text is no phone number. */
function readPhone(spelled: string): string | null {
  const number = spelled.replace(/^tel:/i, '').replace(EXTENSION, '').trim();
  if (!PHONE_SPELLING.test(number)) return null;
  const digits = number.replace(/\D/g, '');
  if (digits.length < 10 || digits.length > 20) return null;
  return number.startsWith('+') ? `+${digits}` : digits;
}

/** The part of an e-mail address before the `@`: anything without spaces, quotes, brackets and control characters. */
const MAILBOX = /^[^\s@"(),:;<>[\\\]\p{Cc}]{1,64}$/u;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/;

/** Returns the e-mail address with its domain in ASCII (`почта.рф` is `xn--80a1acny.xn--p1ai`); `null` when invalid. */
function readEmail(spelled: string): string | null {
  const at = spelled.lastIndexOf('@');
  const [mailbox, domain] = [spelled.slice(0, Math.max(0, at)), spelled.slice(at + 1)];
  const ascii = /^[\x21-\x7e]*$/.test(domain) ? domain : domainToASCII(domain);
  return MAILBOX.test(mailbox) && DOMAIN.test(ascii.toLowerCase()) ? `${mailbox}@${ascii}` : null;
}

/** The payer. Usual spellings are accepted and stored in the form that payment systems accept. */
export const customerSchema = v.object({
  phone: v.exactOptional(v.pipe(text(64), v.transform(readPhone), v.string(PHONE))),
  email: v.exactOptional(v.pipe(text(254), v.transform(readEmail), v.string(EMAIL))),
  ip: v.exactOptional(
    v.pipe(
      text(45),
      v.check((value) => isIP(value) !== 0, 'must be an IPv4 or IPv6 address, without a port'),
    ),
  ),
  country: v.exactOptional(
    v.pipe(
      text(2),
      v.regex(/^[A-Za-z]{2}$/, 'must be a two-letter country code such as RU'),
      v.transform((code) => code.toUpperCase()),
    ),
  ),
});
