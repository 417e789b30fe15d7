/**
 * A registry of the soak. Its argument is the port, 0 for a free one.
 *
 * @module
 */
import process from "node:process";
import { ServiceRegistry } from "@gemstone/gemstone/registry";
import { takeOrders } from "./conversation.ts";
import { VitalSigns } from "./vitals.ts";

const registry = new ServiceRegistry();
registry.port = Number(process.argv[2]);
registry.skipConfiguration = true;
await registry.start();
const signs = new VitalSigns();
takeOrders({ read: () => signs.read() }, { url: registry.url });
