import { assert, assertEquals } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import type { ServiceRegistry } from "@gemstone/gemstone/registry";
import type { Player } from "./player.ts";

interface Example {
  readonly url: string;
  output(): string;
  printed(pattern: RegExp): Promise<void>;
}

/** Calls one of the services, which calls the other, and looks at what the registry knows. */
export async function check(example: Example): Promise<void> {
  // It listens before all are announced.
  await example.printed(/^Both players are there$/m);
  const { url } = example;
  const { methods } = new RemoteService<Player>(`${url}/api`);
  const [, registryUrl = ""] = /^The registry is at (\S+)$/m.exec(example.output()) ?? [];
  const registry = new RemoteService<ServiceRegistry>(registryUrl);

  assertEquals(await methods.hit(4), ["players.ping", "players.pong", "players.ping", "players.pong"]);
  assert(["met players.ping", "met players.pong"].includes(await methods.meet()));
  const players = await registry.methods.list_services("players.*");
  assertEquals(players.map(({ name }) => name), ["players.ping", "players.pong"]);
  assertEquals(await registry.methods.locate_service("players.ping"), [`${url}/api`]);
}
