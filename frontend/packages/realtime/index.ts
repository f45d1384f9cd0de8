/** The client of StackPro's realtime protocol. It knows no framework, and needs only a WebSocket and a clock. */
export * from "./client";
export * from "./close-codes";
export * from "./fold";
export * from "./surroundings";
export * from "./types";
