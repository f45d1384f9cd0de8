import { describe, expect, it } from "vitest";
import { centsText, moneyText, secondsText, sizeText, uptimeText } from "@/lib/figures";

describe("figures", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [3_000_000, "2.86 MiB"],
    [1024 ** 3, "1 GiB"],
    [1024 ** 3 - 1, "1 GiB"],
    [250 * 1024 ** 3, "250 GiB"],
    [-5, "0 B"],
  ])("say %d bytes as %s", (bytes, text) => {
    expect(sizeText(bytes, "en")).toBe(text.replace(" ", "\u00a0"));
  });

  it("speak the reader's language", () => {
    expect(sizeText(1.5 * 1024 ** 4, "de")).toBe("1,5\u00a0TiB");
    expect(moneyText(59_900, "USD", "de")).toBe("599\u00a0$");
    expect(uptimeText(0.9987, "de")).toBe("99,87\u00a0%");
  });

  it("never call a failure perfect", () => {
    expect(uptimeText(0.999999, "en")).toBe("99.99%");
    expect(uptimeText(1, "en")).toBe("100%");
  });

  it("show cents only where there are some", () => {
    expect(moneyText(29_900, "USD", "en")).toBe("$299");
    expect(moneyText(9, "USD", "en")).toBe("$0.09");
    expect(moneyText(1200, "JPY", "en")).toBe("¥1,200");
  });

  it.each([
    ["0", "$0.00"],
    ["0.0123", "$0.00012"],
    ["4.2", "$0.042"],
    ["1725.5", "$17.26"],
  ])("say %s cents as %s", (cents, text) => {
    expect(centsText(cents, "en")).toBe(text);
  });

  it.each([
    [87, "0.09 sec"],
    [1_432, "1.4 sec"],
    [12_600, "13 sec"],
  ])("say %d milliseconds as %s", (milliseconds, text) => {
    expect(secondsText(milliseconds, "en")).toBe(text);
  });
});
