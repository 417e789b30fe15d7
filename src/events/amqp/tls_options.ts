/**
 * How to reach a broker over TLS.
 *
 * @module
 */

/** TLS: certificates and keys in PEM. */
export interface AmqpTlsOptions {
  /** The authority to trust in place of those of the system. */
  readonly ca?: string | undefined;
  /** Our certificate. */
  readonly cert?: string | undefined;
  /** Its key. */
  readonly key?: string | undefined;
  /** What opens the key. */
  readonly passphrase?: string | undefined;
  /** The name that the certificate of the broker must have. @default {the host of the URL} */
  readonly servername?: string | undefined;
}
