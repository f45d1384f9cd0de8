/** The Web Locks of one origin, as far as a session needs them: one holder at a time, the others in order. */
export class Locks {
  private readonly last = new Map<string, Promise<unknown>>();

  request<T>(name: string, held: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(name) ?? Promise.resolve()).then(held, held);
    this.last.set(name, mine);
    return mine;
  }
}
