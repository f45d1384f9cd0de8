/** Chance that can be repeated: mulberry32, from a seed. */
export type Chance = { number(): number; below(bound: number): number; of<T>(items: readonly T[]): T };

export function chance(seed: number): Chance {
  let state = seed;
  const number = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(number() * bound);
  return { number, below, of: (items) => items[below(items.length)] as (typeof items)[number] };
}
