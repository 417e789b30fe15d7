/**
 * Who may call what. It starts two services on free ports, calls them, prints what happens, and ends:
 *
 * ```sh
 * deno run -A examples/authentication/main.ts
 * ```
 *
 * @module
 */
import { AccessDeniedError, type Authentication, RemoteService } from "@gemstone/gemstone/client";
import type { MicroService } from "@gemstone/gemstone";
import { AccountService, type User } from "./account_service.ts";
import { TokenService } from "./token_service.ts";

async function callWithToken(url: string, token: string): Promise<void> {
  const ways: [string, Authentication | undefined][] = [
    ["header", { type: "header", token }],
    ["bearer", { type: "header", name: "Authorization", scheme: "Bearer", token }],
    ["cookie", { type: "cookie", token }],
    ["wrong token", { type: "header", token: "guessed" }],
    ["no token", undefined],
  ];
  for (const [way, auth] of ways) {
    // Every call of this client carries the token.
    const service = new RemoteService<TokenService>(url, { auth });
    await print(way, service.methods.say_private_hello("world"));
  }
  await print("public method", new RemoteService<TokenService>(url).methods.say_hello("world"));
}

async function callWithSession(url: string, sessions: ReadonlyMap<string, User>): Promise<void> {
  for (const [key, { name }] of sessions) {
    // A function may add anything to the headers of a request, for example a token that it has just renewed.
    const auth: Authentication = (headers) => headers.set("X-Session", key);
    await print(`session of ${name}`, new RemoteService<AccountService>(url, { auth }).methods.who_am_i());
  }
  await print("no session", new RemoteService<AccountService>(url).methods.who_am_i());
}

async function print(what: string, call: Promise<string>): Promise<void> {
  try {
    console.log(`${what}:`, await call);
  } catch (error) {
    if (!(error instanceof AccessDeniedError)) throw error;
    console.log(`${what}: ${error.message} (${error.rpcCode})`);
  }
}

async function startOnFreePort(service: MicroService): Promise<void> {
  service.port = 0;
  service.skipConfiguration = true;
  await service.start();
}

async function main(): Promise<void> {
  const token = crypto.randomUUID();
  await using tokenService = new TokenService(token);
  await startOnFreePort(tokenService);
  await callWithToken(tokenService.url, token);

  const sessions = new Map([
    [crypto.randomUUID(), { name: "Ann", isAdmin: true }],
    [crypto.randomUUID(), { name: "Bob", isAdmin: false }],
  ]);
  await using accountService = new AccountService(sessions);
  await startOnFreePort(accountService);
  await callWithSession(accountService.url, sessions);
}

if (import.meta.main) await main();
