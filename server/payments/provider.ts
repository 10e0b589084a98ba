/**
 * The port behind which payment providers stand. An adapter speaks one provider's protocol and nothing else: it never
 * touches an order or a balance (SECURITY.md §1.3).
 */
export interface PaymentProvider {
  /** `sandbox`, `alipay` …; stored with every order. */
  readonly id: string
  /** Whether what it says is money. Sandbox credits earn nobody an invitation reward. */
  readonly real: boolean
  /** Makes the payment at the provider; asked again for the same order it answers the same. */
  create(order: PaymentRequest): Promise<PaymentInstruction>
  /** Pure: no clock but `now`, no I/O, no database. */
  verifyNotification(raw: RawNotification): Notice | { ok: false; reason: string }
  /** What the provider wants to read in answer to a notification. */
  acknowledge(accepted: boolean): { status: number; type: string; body: string }
  /** What the provider knows of an order now. It decides whenever notifications contradict each other. */
  query(orderId: string): Promise<ProviderState>
  /** No later payment is possible. Idempotent; of a paid order it changes nothing. */
  close(orderId: string): Promise<void>
  /** Sends money back. The same refund id again changes nothing. */
  refund(refund: RefundRequest): Promise<void>
}

export interface PaymentRequest {
  orderId: string
  /** Fen: 1/100 CNY. */
  amountFen: bigint
  subject: string
}

export interface PaymentInstruction {
  /** `redirect`: a URL to open; `qr`: a text to show as a code; `form`: HTML of a form to send. */
  kind: 'redirect' | 'qr' | 'form'
  value: string
}

export interface RawNotification {
  headers: Record<string, string | string[] | undefined>
  query: string
  body: Buffer
  now: Date
}

export interface Notice {
  ok: true
  orderId: string
  /** The provider's own number of the payment. */
  providerTxn: string
  amountFen: bigint
  currency: string
  status: 'paid' | 'closed' | 'refunded'
}

export interface ProviderState {
  status: 'unknown' | 'waiting' | 'paid' | 'closed' | 'refunded'
  providerTxn: string | null
  amountFen: bigint
}

export interface RefundRequest {
  orderId: string
  refundId: string
  amountFen: bigint
}
