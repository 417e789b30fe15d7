/**
 * The failures of blocking work that are not those of the work itself.
 *
 * @module
 */
import { RpcError, WorkerEndedError } from "../errors.ts";
import { SERVICE_STOPPED } from "../rpc/message.ts";
import { describeTarget, type WorkerEnd, type WorkerTarget } from "../runtime/worker_protocol.ts";

/** The JSON-RPC code of {@linkcode createBusyError}, of those that JSON-RPC 2.0 leaves to servers (section 5.1). */
const SERVER_BUSY_CODE = -32004;

/**
 * Creates the error of a call that was not taken, because too many wait already.
 *
 * @param waiting How many wait.
 * @param workers How many workers there are for them.
 * @returns An `RpcError` with code -32004, which the caller of a service sees.
 */
export function createBusyError(waiting: number, workers: number): RpcError {
  const reason = `${waiting} calls wait for ${workers} workers`;
  return new RpcError(SERVER_BUSY_CODE, "Server busy", { reason });
}

/**
 * Creates the error of a call that was not finished, because the service stops.
 *
 * @returns An `RpcError` with code -32003, which the caller of a service sees.
 */
export function createStoppedError(): RpcError {
  return new RpcError(SERVICE_STOPPED.code, SERVICE_STOPPED.message);
}

/**
 * Creates the error of a call whose worker has ended.
 *
 * @param target What was called.
 * @param end How the worker ended.
 * @returns The error.
 */
export function createEndedError(target: WorkerTarget, { exitCode, isOutOfMemory, error }: WorkerEnd): Error {
  const what = `Cannot finish ${describeTarget(target)}`;
  if (isOutOfMemory) {
    return new WorkerEndedError(exitCode, `${what}: its worker ran out of memory`);
  }
  if (error === undefined) {
    return new WorkerEndedError(exitCode, `${what}: its worker ended itself with exit code ${exitCode}`);
  }
  const why = error instanceof Error ? error.message : String(error);
  return new WorkerEndedError(exitCode, `${what}: an error that nobody caught ended its worker: ${why}`, {
    cause: error,
  });
}
