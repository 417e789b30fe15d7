/** What tests of the command line talk to: a service, a registry, and servers that are neither. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { exposedMethod, MicroService, type RequestContext, RpcError } from "@gemstone/gemstone";
import { CertificateAuthority } from "./certificate.ts";
import { createMemoryLogger } from "./service.ts";

/** A service with a method for each thing that can happen to a call. */
export class CalledService extends MicroService {
  override name = "called";
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;
  /** What `hear` was told. */
  heard: string[] = [];
  /** The headers of each request to `headers`. */
  seen: Headers[] = [];
  calls = 0;

  @exposedMethod()
  echo(value: unknown = null, other: unknown = null): unknown {
    this.calls++;
    return [value, other];
  }

  @exposedMethod()
  refuse(): void {
    throw new RpcError(4001, "Out of \x1b[31mstock", { sku: "a1" });
  }

  @exposedMethod()
  hear(what: string): void {
    this.heard.push(what);
  }

  @exposedMethod({ requiresHandlerReference: true })
  headers({ headers }: RequestContext): null {
    this.seen.push(headers);
    return null;
  }

  @exposedMethod()
  text(): string {
    return "\x1b[2J\u202e\u009b";
  }

  @exposedMethod({ private: true })
  secret(): string {
    return "secret";
  }

  override apiTokenIsValid(token: string): boolean {
    return token === "right";
  }
}

/** A registry as Python gemstone has it: it locates and can not list. */
export class LocatingRegistry extends MicroService {
  override name = "registry";
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;
  /** What it answers, whatever it is asked. */
  urls: unknown = [];
  /** What it was asked. */
  asked: string[] = [];
  /** The headers that it was asked with. */
  seen: Headers[] = [];

  @exposedMethod({ requiresHandlerReference: true })
  locate_service({ headers }: RequestContext, name: string): unknown {
    this.asked.push(name);
    this.seen.push(headers);
    return this.urls;
  }
}

/** A registry as ours is. */
export class ListingRegistry extends LocatingRegistry {
  /** What it lists, whatever it is asked. */
  services: unknown = [];

  @exposedMethod()
  list_services(pattern = "*"): unknown {
    this.asked.push(pattern);
    return this.services;
  }
}

/** A server of HTTP that is no service. */
export interface OtherServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server that answers every request alike. */
export async function serveText(
  body: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<OtherServer> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
  });
  return await listen(server, "http");
}

/** Starts a server that takes connections and says nothing. */
export async function serveSilence(): Promise<OtherServer> {
  return await listen(createServer(() => {}), "http");
}

/** Starts a server with a certificate that nobody trusts. */
export async function serveTls(): Promise<OtherServer> {
  const { key, cert } = new CertificateAuthority().issue("localhost");
  return await listen(createTlsServer({ key, cert }, (_, response) => void response.end()), "https");
}

async function listen(server: Server, scheme: string): Promise<OtherServer> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `${scheme}://127.0.0.1:${port}/api`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
