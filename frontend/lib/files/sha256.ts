/**
 * SHA-256 (FIPS 180-4), piece by piece: the browser's own digest wants a whole file in memory, and files of a hundred
 * megabytes are read here, several at once, also on phones.
 */

const PIECE = 1 << 20;
const BLOCK = 64;

/** The digest in hexadecimal digits. `onProgress` gets 0 to 1. Throws when the file cannot be read, or at `signal`. */
export async function digestOf(
  file: Blob,
  signal?: AbortSignal,
  onProgress: (share: number) => void = () => {},
): Promise<string> {
  const digest = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) {
    // Reading gives way to everything else that the page has to do.
    const piece = await file.slice(at, at + PIECE).arrayBuffer();
    signal?.throwIfAborted();
    digest.update(new Uint8Array(piece));
    onProgress(Math.min(1, (at + PIECE) / file.size));
  }
  return digest.hex();
}

export class Sha256 {
  private readonly state = Int32Array.from(ROOTS);
  private readonly rest = new Uint8Array(BLOCK);
  private kept = 0;
  private length = 0;

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.kept > 0) {
      at = Math.min(BLOCK - this.kept, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.kept);
      this.kept += at;
      if (this.kept < BLOCK) return;
      compress(this.state, this.rest, 0, BLOCK);
    }
    const end = bytes.length - ((bytes.length - at) % BLOCK);
    compress(this.state, bytes, at, end);
    this.rest.set(bytes.subarray(end));
    this.kept = bytes.length - end;
  }

  /** Ends it; nothing can be added afterwards. */
  hex(): string {
    const bits = this.length * 8;
    const padding = new Uint8Array((this.kept < 56 ? 56 : 120) - this.kept + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    return [...this.state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** Takes in the blocks from `at` to `end`: all in one loop, and in signed words, which engines make fast. */
function compress(state: Int32Array, bytes: Uint8Array, at: number, end: number): void {
  const words = WORDS;
  const constants = CONSTANTS;
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let block = at; block < end; block += BLOCK) {
    schedule(words, bytes, block);
    for (let i = 0; i < BLOCK; i++) {
      const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const chosen = g ^ (e & (f ^ g));
      const fixed = ((constants[i] as number) + (words[i] as number)) | 0;
      const first = (((h + big1) | 0) + ((chosen + fixed) | 0)) | 0;
      const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const second = (big0 + ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0] = a = ((state[0] as number) + a) | 0;
    state[1] = b = ((state[1] as number) + b) | 0;
    state[2] = c = ((state[2] as number) + c) | 0;
    state[3] = d = ((state[3] as number) + d) | 0;
    state[4] = e = ((state[4] as number) + e) | 0;
    state[5] = f = ((state[5] as number) + f) | 0;
    state[6] = g = ((state[6] as number) + g) | 0;
    state[7] = h = ((state[7] as number) + h) | 0;
  }
}

/** The words of one block. */
function schedule(words: Int32Array, bytes: Uint8Array, block: number): void {
  for (let i = 0, from = block; i < 16; i++, from += 4) {
    words[i] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number);
  }
  for (let i = 16; i < BLOCK; i++) {
    const one = words[i - 15] as number;
    const other = words[i - 2] as number;
    const small0 = ((one >>> 7) | (one << 25)) ^ ((one >>> 18) | (one << 14)) ^ (one >>> 3);
    const small1 = ((other >>> 17) | (other << 15)) ^ ((other >>> 19) | (other << 13)) ^ (other >>> 10);
    words[i] = (((small0 + (words[i - 16] as number)) | 0) + ((small1 + (words[i - 7] as number)) | 0)) | 0;
  }
}

/** The first 32 bits of the fraction of a number. */
const fraction = (value: number) => Math.floor((value - Math.floor(value)) * 2 ** 32) | 0;

/** Of the block at work: nothing waits in between, so that all digests share them. */
const WORDS = new Int32Array(BLOCK);
const PRIMES = primes(BLOCK);
// A double's 53 bits hold the integer part of these roots, 7 bits at the most, and 32 of the fraction.
const ROOTS = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++)
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  return found;
}
