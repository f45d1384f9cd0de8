/** A network between browser and API that can be slow, silent, cut or gone, at a word of the test. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

type State = "well" | "silent" | "gone";

export class FlakyNetwork {
  private state: State = "well";
  private delayMs = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on("connection", (socket) => this.carry(socket));
  }

  static async before(target: number): Promise<FlakyNetwork> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new FlakyNetwork(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** All is well again, for new connections. */
  mend(): void {
    this.state = "well";
    this.delayMs = 0;
  }

  /** Every chunk of an answer comes `ms` late. */
  slow(ms: number): void {
    this.delayMs = ms;
  }

  /** Ends every connection that is open; new ones are served. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Connections are accepted and never answered. */
  silence(): void {
    this.state = "silent";
    this.cut();
  }

  /** Connections end at once. */
  remove(): void {
    this.state = "gone";
    this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.server.close(closed));
  }

  private carry(near: Socket): void {
    this.sockets.add(near);
    near.on("error", () => near.destroy());
    near.on("close", () => this.sockets.delete(near));
    if (this.state === "gone") near.destroy();
    if (this.state !== "well") return;
    const far = connect(this.target, "127.0.0.1");
    far.on("error", () => near.destroy());
    far.on("data", (chunk) => this.later(() => near.write(chunk)));
    far.on("close", () => this.later(() => near.end()));
    near.on("data", (chunk) => far.write(chunk));
    near.on("close", () => far.destroy());
  }

  private later(act: () => void): void {
    if (this.delayMs === 0) act();
    else setTimeout(act, this.delayMs);
  }
}
