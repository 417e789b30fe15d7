/**
 * Two services that find each other by name, through a registry.
 *
 * ```sh
 * # The registry and both services, all in this process.
 * deno run -A examples/discovery/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api -d '[
 *   {"jsonrpc": "2.0", "id": 1, "method": "hit", "params": [4]},
 *   {"jsonrpc": "2.0", "id": 2, "method": "meet"}
 * ]'
 * # ["players.ping", "players.pong", "players.ping", "players.pong"], "met players.pong"
 *
 * # The same in processes of their own, as many as you like.
 * gemstone registry --port 8080
 * deno run -A examples/discovery/main.ts players.ping --registry http://127.0.0.1:8080/api --port 8000
 * deno run -A examples/discovery/main.ts players.pong --registry http://127.0.0.1:8080/api --port 8001
 * gemstone list "players.*"
 *
 * # On Node, in a checkout: deno task build:npm, then
 * node npm/examples/discovery/main.js
 * ```
 *
 * @module
 */
import process from "node:process";
import { ServiceRegistry } from "@gemstone/gemstone/registry";
import { Player } from "./player.ts";

async function main([name = "", ...args]: string[]): Promise<void> {
  const ping = new Player("players.ping", "players.pong");
  const pong = new Player("players.pong", "players.ping");
  const alone = [ping, pong].find((player) => player.name === name);
  if (alone !== undefined) return await alone.start({ args });

  const registry = new ServiceRegistry();
  registry.port = 0;
  // Signals end the players, who withdraw from the registry; it goes with the process.
  await registry.start({ args: [], signal: new AbortController().signal });
  console.log(`The registry is at ${registry.url}`);
  ping.registry = pong.registry = registry.url;
  pong.port = 0;
  await pong.start({ args: [] });
  await ping.start();
  console.log("Both players are there");
}

if (import.meta.main) await main(process.argv.slice(2));
