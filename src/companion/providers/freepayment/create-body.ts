import type { CreateRequest, Customer } from '../provider.ts';

/** Returns the body of a create call. Leaves out what the shop did not send. */
export function createBody(
  request: CreateRequest,
  { webhookUrl, test }: { readonly webhookUrl: string; readonly test: boolean },
): object {
  const { ip, phone, email, country } = request.customer;
  const customer = {
    ...(phone === undefined ? {} : { phone: digitsOf(phone) }),
    ...(email === undefined ? {} : { email }),
    ...(country === undefined ? {} : { country }),
  } satisfies Customer;
  return {
    amount: request.amount,
    currency: request.currency,
    // Every published request has a description.
    description: request.description ?? `Заказ ${request.orderId}`,
    test,
    tracking_id: request.reference,
    notification_url: webhookUrl,
    return_url: request.returnUrl ?? request.hostedPage,
    ...(ip === undefined ? {} : { ip }),
    ...(Object.keys(customer).length === 0 ? {} : { customer }),
    method: { type: 'sbp' },
  };
}

/** Published requests have no `+`. Russians dial 8 inside the country where the international prefix is 7. */
function digitsOf(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return /^8\d{10}$/.test(digits) && !phone.trim().startsWith('+') ? `7${digits.slice(1)}` : digits;
}
