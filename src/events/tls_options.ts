/**
 * How to reach a broker over TLS.
 *
 * @module
 */
import type { OptionReader } from "./option_reader.ts";

/**
 * TLS: certificates and keys as text in PEM, up to a megabyte each. They are not read from files here. No option turns the
 * check of the broker's certificate off.
 *
 * @example A broker with a certificate of the company, which wants to see ours
 * ```ts
 * import { type BrokerTlsOptions, RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 * import { readFileSync } from "node:fs";
 *
 * function connect(folder: string): RabbitMqEventTransport {
 *   const read = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
 *   const tls: BrokerTlsOptions = { ca: read("ca.pem"), cert: read("billing.pem"), key: read("billing.key") };
 *   return new RabbitMqEventTransport("amqps://billing@rabbit.internal", { connection: { tls } });
 * }
 * ```
 */
export interface BrokerTlsOptions {
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

const MAX_PEM_LENGTH = 1024 * 1024;

/**
 * Checks the options of TLS.
 *
 * @param from The options; `undefined` when there are none.
 * @returns A copy.
 * @throws {TypeError} when something is of a wrong type.
 * @throws {RangeError} when something is too long.
 */
export function readTls(from: OptionReader | undefined): BrokerTlsOptions | undefined {
  if (from === undefined) return undefined;
  return {
    ca: from.text("ca", MAX_PEM_LENGTH),
    cert: from.text("cert", MAX_PEM_LENGTH),
    key: from.text("key", MAX_PEM_LENGTH),
    passphrase: from.text("passphrase", MAX_PEM_LENGTH),
    servername: from.text("servername", 253),
  };
}
