/**
 * The servers that are compared over HTTP.
 *
 * @module
 */
import type { RuntimeName } from "./programs.ts";

/** A server of the comparison. */
export interface Contender {
  /** Its name in the table. */
  readonly name: string;
  /** Its program for each runtime that it runs on. */
  readonly programs: Partial<Record<RuntimeName, string>>;
}

/** The yardstick: every ratio is to this one. */
export const BY_HAND = "by hand";
/** The row of this library. */
export const OURS = "gemstone";

/** All servers in the order of the table. */
export const CONTENDERS: readonly Contender[] = [
  { name: BY_HAND, programs: { deno: "servers/by_hand_deno", node: "servers/by_hand_node" } },
  { name: OURS, programs: { deno: "servers/ours", node: "servers/ours" } },
  { name: "Hono", programs: { deno: "servers/hono_deno", node: "servers/hono_node" } },
  { name: "json-rpc-2.0", programs: { deno: "servers/jsonrpc2_deno", node: "servers/jsonrpc2_node" } },
  { name: "jayson", programs: { node: "servers/jayson_node" } },
  { name: "fastify", programs: { node: "servers/fastify_node" } },
];
