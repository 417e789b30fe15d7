/** @module */
import process from "node:process";
import { provideServices } from "../services.ts";

/**
 * Does something while RabbitMQ and Redis are there; the programs that we start find them by `AMQP_URL` and
 * `REDIS_URL`. A server that can not be had has no variable, and the tests that need it are skipped.
 *
 * @param work What to do.
 */
export async function withServices(work: () => Promise<void>): Promise<void> {
  await using services = await provideServices();
  Object.assign(process.env, services.env);
  await work();
}
