/**
 * An event between `emit` and its confirmation.
 *
 * @module
 */
import type { EmitError } from "../../errors.ts";
import type { EmitReceipt, TransportEmitOptions } from "../event_transport.ts";
import type { EmitCommand } from "./emit_command.ts";

/** One event between `emit` and its confirmation. */
export class PendingEmit {
  /** `over`: it has been answered, or nobody waits any more. */
  state: "waiting" | "sent" | "over" = "waiting";
  /** How often it was sent. */
  attempts = 0;
  /** Ends the watch on the caller's signal. */
  unwatch: (() => void) | undefined = undefined;
  /** When its time is over (`performance.now`). */
  readonly deadlineMs: number;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether somebody waits for the confirmation. */
  readonly isConfirmed: boolean;
  /** Whether it is an error that nobody gets it. */
  readonly isRouteRequired: boolean;
  /** What `emit` returned. */
  readonly promise: Promise<EmitReceipt>;
  /** Resolves `promise`. */
  resolve!: (receipt: EmitReceipt) => void;
  /** Rejects `promise`. */
  reject!: (error: EmitError) => void;

  /**
   * Creates one that waits.
   *
   * @param emit What is sent.
   * @param options How it was emitted.
   * @param defaultTimeoutMs How long it may take when the options do not say.
   */
  constructor(readonly emit: EmitCommand, options: TransportEmitOptions, defaultTimeoutMs: number) {
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.isConfirmed = options.confirm;
    this.isRouteRequired = options.requireRoute;
    // What nobody waits for is kept until it can be sent. What is no number is over at once, and not never.
    const limitMs = this.timeoutMs > 0 ? this.timeoutMs : 0;
    this.deadlineMs = options.confirm ? performance.now() + limitMs : Infinity;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Whether it still waits for its answer. */
  get isLive(): boolean {
    return this.state !== "over";
  }
}
