/**
 * Which parts of a result can be moved to the other thread, so that nothing large is copied.
 *
 * @module
 */

/** The most values of a result that are looked at: a long list of numbers must not cost more than copying it. */
const MAX_VISITS = 1_000;

/**
 * Finds the buffers of a result.
 *
 * @param value The result.
 * @returns The `ArrayBuffer`s in it, each once: those that stand there themselves and those that a typed array or
 * `DataView` covers from end to end. A view of a part stays where it is, because others may use the rest. Only the
 * first 1000 values are looked at.
 */
export function collectBuffers(value: unknown): ArrayBuffer[] {
  if (typeof value !== "object" || value === null) return [];
  const found = new Set<ArrayBuffer>();
  // A list that grows while it is walked: a set, because a result may be a circle.
  const reached = new Set<unknown>([value]);
  for (const part of reached) {
    if (part instanceof ArrayBuffer) found.add(part);
    else if (ArrayBuffer.isView(part)) addWhole(part, found);
    else addParts(part as object, reached);
  }
  return [...found];
}

function addWhole(view: ArrayBufferView, found: Set<ArrayBuffer>): void {
  const { buffer } = view;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === view.byteLength) found.add(buffer);
}

function addParts(whole: object, reached: Set<unknown>): void {
  for (const part of listParts(whole)) {
    if (reached.size >= MAX_VISITS) return;
    if (typeof part === "object" && part !== null) reached.add(part);
  }
}

function listParts(whole: object): Iterable<unknown> {
  if (Array.isArray(whole)) return whole.slice(0, MAX_VISITS);
  if (whole instanceof Set) return whole;
  if (whole instanceof Map) return [...whole].slice(0, MAX_VISITS).flat();
  const prototype = Object.getPrototypeOf(whole);
  return prototype === Object.prototype || prototype === null ? Object.values(whole) : [];
}
