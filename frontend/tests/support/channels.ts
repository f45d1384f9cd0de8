type News = Pick<MessageEvent, "data">;
type Listener = (event: News) => void;

/**
 * The BroadcastChannel of one origin, as far as a session needs it: everybody else hears what one says, soon after.
 * Unlike a real one's, its news comes before the next timer, however busy the machine is.
 */
export class Channels {
  private readonly listeners = new Set<Listener>();

  open(): Pick<BroadcastChannel, "postMessage" | "addEventListener"> {
    const own = new Set<Listener>();
    return {
      addEventListener: (_: string, listener: unknown) => {
        own.add(listener as Listener);
        this.listeners.add(listener as Listener);
      },
      postMessage: (message: unknown) => {
        const data: unknown = structuredClone(message);
        queueMicrotask(() => {
          for (const listener of this.listeners) if (!own.has(listener)) listener({ data });
        });
      },
    };
  }
}
