/**
 * How answers are written: the text of response objects, as the specification says or as the original did.
 *
 * @module
 */
import type { JsonRpcErrorObject, JsonRpcId } from "./message.ts";

/**
 * `"spec"`: exactly one of `result` and `error` (JSON-RPC 2.0, section 5). `"legacy"`: both members always,
 * the unused one null, and notifications acknowledged, which every client of the Python library needs.
 */
export type ResponseStyle = "spec" | "legacy";

/** Writes answers in one {@linkcode ResponseStyle}. */
export interface ReplyWriter {
  /**
   * @param resultText The result as JSON text.
   * @param id The id of the request.
   * @returns The text of the response object.
   */
  result(resultText: string, id: JsonRpcId): string;
  /**
   * @param error What went wrong.
   * @param id The id of the request, null when it could not be read.
   * @returns The text of the response object.
   */
  error(error: JsonRpcErrorObject, id: JsonRpcId): string;
  /** Answers a single notification; `undefined` is no answer at all. */
  readonly acknowledgement: string | undefined;
  /** Answers a batch of notifications; `undefined` is no answer at all. */
  readonly emptyBatch: string | undefined;
}

const SPEC_WRITER: ReplyWriter = {
  result: (resultText, id) => `{"jsonrpc":"2.0","result":${resultText},"id":${toIdText(id)}}`,
  error: (error, id) => `{"jsonrpc":"2.0","error":${JSON.stringify(error)},"id":${toIdText(id)}}`,
  acknowledgement: undefined,
  emptyBatch: undefined,
};

const LEGACY_WRITER: ReplyWriter = {
  result: (resultText, id) => `{"jsonrpc":"2.0","result":${resultText},"error":null,"id":${toIdText(id)}}`,
  error: (error, id) =>
    `{"jsonrpc":"2.0","result":null,"error":${JSON.stringify(error)},"id":${toIdText(id)}}`,
  acknowledgement: `{"jsonrpc":"2.0","result":null,"error":null}`,
  emptyBatch: "[]",
};

/**
 * Returns the writer of a response style.
 *
 * @param style `"spec"` or `"legacy"`.
 * @returns The writer; it keeps no state.
 */
export function getReplyWriter(style: ResponseStyle): ReplyWriter {
  return style === "legacy" ? LEGACY_WRITER : SPEC_WRITER;
}

function toIdText(id: JsonRpcId): string {
  return typeof id === "string" ? JSON.stringify(id) : `${id}`;
}
