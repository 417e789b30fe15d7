/** What a method of the fixture fails with. */
export class BoomError extends Error {
  override name = "BoomError";
}
