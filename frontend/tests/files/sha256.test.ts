import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf, Sha256 } from "@/lib/files/sha256";

const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 37 + (at >> 5)) % 256);
const wanted = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

describe("the digest of a file", () => {
  it.each([0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])("is right for %s bytes", (length) => {
    const digest = new Sha256();
    digest.update(bytes(length));
    expect(digest.hex()).toBe(wanted(bytes(length)));
  });

  it("is the same however the content is cut", () => {
    const content = bytes(1_000);
    for (const size of [1, 7, 63, 64, 65, 300]) {
      const digest = new Sha256();
      for (let at = 0; at < content.length; at += size) digest.update(content.subarray(at, at + size));
      expect(digest.hex()).toBe(wanted(content));
    }
  });

  it("tells how far it is through a file of several pieces", async () => {
    const content = bytes(2_500_000);
    const shares: number[] = [];
    expect(await digestOf(new Blob([content]), undefined, (share) => shares.push(share))).toBe(
      wanted(content),
    );
    expect(shares).toHaveLength(3);
    expect(shares.at(-1)).toBe(1);
  });

  it("ends where it is told to", async () => {
    const stop = new AbortController();
    const reading = digestOf(new Blob([bytes(2_500_000)]), stop.signal, () => stop.abort());
    await expect(reading).rejects.toThrow();
  });
});
