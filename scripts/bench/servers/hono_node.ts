/**
 * Hono on Node, with its own adapter.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- a peer of the comparison, no dependency of the library
import { serve } from "npm:@hono/node-server@2.1.8";
import { announcePort } from "./announce_port.ts";
import { app } from "./hono_app.ts";

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, announcePort);
