/** Calendar months of UTC, as the API names them: `2026-11`. */

export function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}

/** The month so many before or after. */
export function monthsFrom(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** Every day of the month, `2026-11-01` first, up to `last` if that is earlier. */
export function daysOf(month: string, last = `${month}-31`): string[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, "0")}`).filter(
    (day) => day <= last,
  );
}
