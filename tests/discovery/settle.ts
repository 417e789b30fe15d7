/** Lets all that can go on without time or network do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
