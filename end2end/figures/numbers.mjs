/** Small arithmetic of measurements. */

/** The value that `share` (0..=1) of all values do not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** A clock that node and the browser of one machine share, in milliseconds since 1970 with fractions. */
export const now = () => performance.timeOrigin + performance.now();
