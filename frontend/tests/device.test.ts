import { describe, expect, it } from "vitest";
import { deviceOf } from "@/rooms/account/device";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";

describe("the name of a device", () => {
  it.each([
    [CHROME, "Chrome", "Linux"],
    [CHROME.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64"), "Chrome", "Windows"],
    [`${CHROME} Edg/139.0.0.0`, "Edge", "Linux"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
      "Safari",
      "Mac",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/139.0 Mobile Safari/604.1",
      "Chrome",
      "iPhone",
    ],
    ["Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox", "Android"],
    ["curl/8.5.0", "curl", null],
    ["", null, null],
    [null, null, null],
  ])("%s", (agent, browser, system) => {
    expect(deviceOf(agent)).toEqual({ browser, system });
  });
});
