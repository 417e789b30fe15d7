/**
 * The least that listens on Deno: what start-up is compared with.
 *
 * @module
 */
import { announcePort } from "./announce_port.ts";

Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: announcePort }, () => new Response("hello world"));
