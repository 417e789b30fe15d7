/** Certificates for tests of TLS (X.509 version 3, RFC 5280), made anew each time: none can expire. */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs certificates. */
export class CertificateAuthority {
  /** Its own certificate, in PEM. */
  readonly cert: string;
  readonly #name: string;
  readonly #key: KeyObject;

  /** Makes one. */
  constructor(name = "Gemstone test authority") {
    const { privateKey, publicKey } = createKeys();
    this.#name = name;
    this.#key = privateKey;
    this.cert = toPem("CERTIFICATE", this.#sign(name, publicKey, [IS_AUTHORITY]));
  }

  /** Signs a certificate for a server of a name. */
  issue(host: string): Certificate {
    const { privateKey, publicKey } = createKeys();
    // SubjectAltName with one dNSName (section 4.2.1.6).
    const altName = extension("2.5.29.17", false, der(0x30, der(0x82, Buffer.from(host))));
    return {
      cert: toPem("CERTIFICATE", this.#sign(host, publicKey, [altName])),
      key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    };
  }

  #sign(subject: string, publicKey: KeyObject, extensions: readonly Buffer[]): Buffer {
    const dayMs = 24 * 60 * 60_000;
    const content = der(
      0x30,
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ECDSA_SHA256,
      toName(this.#name),
      der(0x30, toTime(Date.now() - dayMs), toTime(Date.now() + dayMs)),
      toName(subject),
      publicKey.export({ type: "spki", format: "der" }) as Buffer,
      der(0xa3, der(0x30, ...extensions)),
    );
    const signature = sign("sha256", content, this.#key);
    return der(0x30, content, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature));
  }
}

function createKeys(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

/** Writes a value of DER (X.690): tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let high = arc >> 7; high > 0; high >>= 7) groups.unshift(0x80 | (high & 0x7f));
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
  return der(0x30, objectId(id), ...critical, der(0x04, value));
}

/** One common name. */
function toName(text: string): Buffer {
  return der(0x30, der(0x31, der(0x30, objectId("2.5.4.3"), der(0x0c, Buffer.from(text)))));
}

/** UTCTime, which says the year with two digits. */
function toTime(timeMs: number): Buffer {
  const text = new Date(timeMs).toISOString().replace(/[-:T]|\.\d+/g, "").slice(2);
  return der(0x17, Buffer.from(text));
}

function toPem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

const ECDSA_SHA256 = der(0x30, objectId("1.2.840.10045.4.3.2"));
/** BasicConstraints with cA (section 4.2.1.9). */
const IS_AUTHORITY = extension("2.5.29.19", true, der(0x30, der(0x01, Buffer.from([0xff]))));
