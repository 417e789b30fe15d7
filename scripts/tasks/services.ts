/** @module */
import process from "node:process";
import { provideServices } from "../services.ts";

/**
 * Does something while RabbitMQ and Redis are there; the programs that we start find them by `AMQP_URL` and
 * `REDIS_URL`. A server that can not be had has no variable, and the tests that need it are skipped.
 *
 * @param work What to do.
 * @returns What came of it.
 */
export async function withServices<T>(work: () => Promise<T>): Promise<T> {
  await using services = await provideServices();
  Object.assign(process.env, services.env);
  return await work();
}
