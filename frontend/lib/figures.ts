/** Sizes, shares and money as people read them. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `1.5 GiB`: binary units, as plans are sold by; three figures are enough to judge by. */
export function sizeText(bytes: number, locale: string): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // What would be rounded up to 1,024 is one of the next unit.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${number}\u00a0${UNITS[unit]}`;
}

/** A share of time as percent, cut and not rounded: what failed once was not there all the time. */
export function uptimeText(share: number, locale: string): string {
  const cut = Math.floor(Math.min(1, Math.max(0, share)) * 10_000 + 1e-9) / 10_000;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(cut);
}

/** An amount in minor units of an ISO 4217 currency; whole amounts without their zeros. */
export function moneyText(amount: number, currency: string, locale: string): string {
  const digits =
    new Intl.NumberFormat(locale, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ??
    2;
  const value = amount / 10 ** digits;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
  }).format(value);
}

/** A model's price in US cents, often far below one: at least two figures of it. `cents` is a decimal, as `0.0123`. */
export function centsText(cents: string | number, locale: string): string {
  const dollars = Number(cents) / 100;
  const isFine = dollars > 0 && dollars < 0.1;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    ...(isFine ? { maximumSignificantDigits: 2, minimumSignificantDigits: 1 } : {}),
  }).format(dollars);
}

/** A span of milliseconds as seconds: `1.4 s`. */
export function secondsText(milliseconds: number, locale: string): string {
  const digits = milliseconds < 10_000 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: "second",
    unitDisplay: "short",
    maximumFractionDigits: milliseconds < 1_000 ? 2 : digits,
  }).format(milliseconds / 1_000);
}
