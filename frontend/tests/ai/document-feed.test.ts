import { afterEach, describe, expect, it } from "vitest";
import { DocumentFeed } from "@/lib/ai/document-feed";
import type { Document } from "@/lib/ai/types";
import { UnreachableError } from "@/lib/api/problem";
import type { Follower } from "@/lib/live/follow";
import { eventually } from "../support/eventually";

const document = (id: string, second: number, state: Document["state"] = "ready") =>
  ({ id, state, replaces: null, updated_at: `2026-05-01T10:00:0${second}Z` }) as Document;

class Stage {
  pages: (Document[] | Error)[];
  follower: Follower | undefined;
  isAll = true;
  readonly feed: DocumentFeed;

  constructor(...pages: (Document[] | Error)[]) {
    this.pages = pages;
    this.feed = new DocumentFeed({
      fetch: async () => {
        const next = this.pages.length > 1 ? this.pages.shift() : this.pages[0];
        if (next instanceof Error) throw next;
        return { items: next ?? [], isAll: this.isAll };
      },
      follow: (follower) => {
        this.follower = follower;
        return () => undefined;
      },
    });
    this.feed.start();
  }

  tell(event: "document" | "gone", data: object): void {
    this.follower?.onEvent({ id: "1", event, data: JSON.stringify(data) });
  }

  shown(): string[] | undefined {
    return this.feed.getState().documents?.map(({ id, state }) => `${id} ${state}`);
  }

  shows(wanted: string[] | undefined): Promise<void> {
    return eventually(() => expect(this.shown()).toEqual(wanted));
  }
}

let stage: Stage;
afterEach(() => stage.feed.stop());

describe("the documents of a knowledge base", () => {
  it("are the fetched ones and what the stream tells, the newest first", async () => {
    stage = new Stage([document("a", 1)]);
    expect(stage.shown()).toBeUndefined();
    await stage.shows(["a ready"]);
    stage.tell("document", document("c", 2, "queued"));
    stage.tell("document", document("b", 2));
    await stage.shows(["c queued", "b ready", "a ready"]);
    stage.tell("document", document("c", 3, "embedding"));
    stage.tell("gone", { id: "a" });
    await stage.shows(["c embedding", "b ready"]);
  });

  it("do not become older, and what is gone does not come back", async () => {
    stage = new Stage([document("a", 1, "queued"), document("b", 1)]);
    stage.tell("document", document("a", 5));
    stage.tell("gone", { id: "b" });
    await stage.shows(["a ready"]);
    await stage.feed.fetch();
    expect(stage.shown()).toEqual(["a ready"]);
  });

  it("that the stream forgot to call gone are gone when they are fetched again, as far as the page reaches", async () => {
    stage = new Stage([document("b", 1), document("c", 1)], [document("c", 1)]);
    await stage.shows(["c ready", "b ready"]);
    stage.tell("document", document("a", 1));
    await stage.shows(["c ready", "b ready", "a ready"]);
    stage.isAll = false;
    await stage.feed.fetch();
    expect(stage.shown()).toEqual(["c ready", "b ready", "a ready"]);
    stage.isAll = true;
    await stage.feed.fetch();
    expect(stage.shown()).toEqual(["c ready"]);
  });

  it("give their place to the one that replaces them as soon as it is ready", async () => {
    stage = new Stage([document("a", 1)]);
    await stage.shows(["a ready"]);
    stage.tell("document", { ...document("b", 1, "queued"), replaces: "a" });
    await stage.shows(["b queued", "a ready"]);
    stage.tell("document", { ...document("b", 2), replaces: "a" });
    await stage.shows(["b ready"]);
  });

  it("show at once what was done here", async () => {
    stage = new Stage([document("a", 1), document("b", 1)]);
    await stage.shows(["b ready", "a ready"]);
    stage.feed.put(document("a", 2, "queued"));
    stage.feed.drop("b");
    expect(stage.shown()).toEqual(["a queued"]);
  });

  it("say why they cannot be had, until they can", async () => {
    stage = new Stage(new UnreachableError("no network"), [document("a", 1)]);
    await eventually(() => expect(stage.feed.getState().error).toBeInstanceOf(UnreachableError));
    stage.tell("document", document("a", 1));
    stage.follower?.onConnection("live");
    await eventually(() => expect(stage.feed.getState().connection).toBe("live"));
    expect(stage.feed.getState().error).toBeInstanceOf(UnreachableError);
    await stage.feed.fetch();
    expect(stage.feed.getState().error).toBeUndefined();
    expect(stage.shown()).toEqual(["a ready"]);
  });
});
