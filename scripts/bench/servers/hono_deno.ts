/**
 * Hono on Deno, as its documentation sets it up.
 *
 * @module
 */
import { announcePort } from "./announce_port.ts";
import { app } from "./hono_app.ts";

Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: announcePort }, app.fetch);
