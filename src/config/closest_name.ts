/**
 * Guesses what a mistyped name was meant to be.
 *
 * @module
 */

/** No option is longer; a longer word is no typing mistake, and comparing it would only cost time. */
const LONGEST_WORD = 64;

/**
 * Finds the name that is nearest to a word.
 *
 * @param word What was written.
 * @param names What could have been meant.
 * @returns The name with the fewest differing letters; `undefined` when more than a third of them (and more than one) differ.
 */
export function closestName(word: string, names: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  let closest: string | undefined;
  let fewest = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < fewest) [closest, fewest] = [name, distance];
  }
  return closest;
}

/**
 * Counts the letters to insert, delete, replace or swap with their neighbour (the distance of optimal string
 * alignment), one row of the table for each letter of `from`.
 */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let line = 1; line <= from.length; line++) {
    const above = rows[line - 1]!;
    const row = [line];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[line - 1] === to[column - 1];
      let distance = Math.min(
        above[column - 1]! + (isSame ? 0 : 1),
        above[column]! + 1,
        row[column - 1]! + 1,
      );
      if (from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]) {
        distance = Math.min(distance, (rows[line - 2]?.[column - 2] ?? Infinity) + 1);
      }
      row.push(distance);
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}
