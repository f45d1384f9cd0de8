"use client";
import { type KeyboardEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import type { Names } from "@/components/use-names";
import { withNames, withTokens } from "@/lib/messaging/markup";
import type { Message } from "@/lib/messaging/types";
import type { MessageActs } from "@/rooms/conversations/use-message-acts";

type Props = { message: Message; names: Names; acts: MessageActs; onDone: () => void };

/** Changes what was written; Escape leaves it as it was. */
export function EditForm({ message, names, acts, onDone }: Props) {
  const t = useTranslations("conversations.edit");
  const common = useTranslations("common");
  const [text, setText] = useState(() => withNames(message.text ?? "", names.nameOf));
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    if (text.trim() === "" || isBusy) return;
    setBusy(true);
    const isDone = await acts.edit(message, withTokens(text.trim(), names.everybody, names.nameOf("all")));
    setBusy(false);
    if (isDone) onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") onDone();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void save();
  };
  return (
    <div className="my-1 flex flex-col gap-2">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: whoever chose to edit goes on here
        autoFocus
        value={text}
        aria-label={t("label")}
        rows={Math.min(10, text.split("\n").length)}
        onFocus={({ target }) => target.setSelectionRange(target.value.length, target.value.length)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block max-h-60 w-full resize-none rounded-lg border border-line-strong bg-raised px-3 py-2 [field-sizing:content]"
      />
      <div className="flex gap-2">
        <Button size="sm" busy={isBusy} onClick={save}>
          {t("save")}
        </Button>
        <Button size="sm" tone="secondary" onClick={onDone}>
          {common("cancel")}
        </Button>
      </div>
    </div>
  );
}
