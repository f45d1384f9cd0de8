import { Fragment } from "react";
import type { Words } from "@/rooms/deployments/words";

/** Words in the reader's language, and after them the API's own, marked as English for who has them read aloud. */
export function Said({ words }: { words: Words }) {
  return (
    <Fragment>
      {words.text}
      {words.text && words.api && " "}
      {words.api && <span lang="en">{words.api}</span>}
    </Fragment>
  );
}
