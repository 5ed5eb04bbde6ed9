// The order event of Ordercast. Made from its contract by `make contract`: do not edit.

/** An amount of money: the value as text, so that no cent is lost to binary fractions. */
export interface MoneyV1 {
  value: string;
  /** ISO 4217 */
  currency: string;
}

/** One line of an order. */
export interface ItemV1 {
  name: string;
  quantity?: number;
  sku?: string | null;
}

/** How to reach the customer; the customer's own record wins over it. An address may be empty or invalid: then only its channel is not used. */
export interface ContactV1 {
  email?: string | null;
  phone?: string | null;
  /** BCP 47 */
  locale?: string | null;
  /** IANA */
  time_zone?: string | null;
  /** ISO 3166-1 */
  country?: string | null;
}

/** Something that happened to an order, in the recommended form. Unknown fields are ignored. */
export interface OrderEventV1Fields {
  order_id: string;
  /** 1 if absent */
  schema_version?: number | null;
  /** unique: same id, same event */
  event_id?: string | null;
  /** confirmed, shipped, out_for_delivery, ready_for_pickup, delivered, delayed, cancelled, refunded, partially_refunded, payment_failed, failed, or your own */
  status?: string | null;
  /** required unless contact is given */
  customer_id?: string | null;
  /** RFC 3339, with its zone */
  occurred_at?: string | null;
  /** taken in the stage's currency; a whole number may be in cents, and is left out */
  amount?: number | MoneyV1 | null;
  items?: (string | ItemV1)[] | null;
  contact?: ContactV1 | null;
  channel?: "auto" | "both" | "email" | "sms" | null;
  priority?: "high" | "normal" | null;
  /** what is sent where a text cannot be */
  fallback?: "email" | "none" | null;
  tracking_url?: string | null;
  campaign?: string | null;
  shop?: string | null;
}

/** An order event: it names a customer, or brings a contact. */
export type OrderEventV1 = OrderEventV1Fields &
  ({ customer_id: string } | { contact: ContactV1 });
