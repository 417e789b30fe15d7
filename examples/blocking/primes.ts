/** Counts the primes from `from` to below `to`, the slow way. */
export function countPrimes(from: number, to: number): number {
  let count = 0;
  for (let candidate = Math.max(2, from); candidate < to; candidate++) {
    if (isPrime(candidate)) count++;
  }
  return count;
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
    if (candidate % divisor === 0) return false;
  }
  return true;
}
