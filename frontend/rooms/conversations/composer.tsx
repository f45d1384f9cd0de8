"use client";
/** Where one writes: Enter sends, Shift and Enter begin a line. */
import { type ChangeEvent, type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Icon } from "@/components/ui/icon";
import { iconButtonClasses } from "@/components/ui/icon-button";
import type { Names } from "@/components/use-names";
import { withNames, withTokens } from "@/lib/messaging/markup";
import { AssistantMark } from "@/rooms/conversations/assistant-mark";
import { Avatar } from "@/rooms/conversations/avatar";
import { EmojiPicker } from "@/rooms/conversations/emoji";
import { UploadList } from "@/rooms/conversations/upload-list";
import { useDraft } from "@/rooms/conversations/use-draft";
import { type Candidate, useMentions } from "@/rooms/conversations/use-mentions";
import { useUploads } from "@/rooms/conversations/use-uploads";

const MOST_LETTERS = 10_000;
const MOST_LINES = 10;

type Props = {
  conversation: string;
  root: string | null;
  label: string;
  names: Names;
  /** Who can be named here. */
  candidates: readonly Candidate[];
  onTyping: () => void;
  onSend: (text: string, attachment_ids: string[]) => void;
  /** The arrow up in an empty field: edit what was written last. */
  onEditLast?: () => void;
};

export function Composer({
  conversation,
  root,
  label,
  names,
  candidates,
  onTyping,
  onSend,
  onEditLast,
}: Props) {
  const t = useTranslations("conversations.composer");
  const listId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const mentions = useMentions(candidates);
  const uploads = useUploads(conversation);
  const draft = useDraft(conversation, root, (kept) =>
    setText((now) => now || withNames(kept, names.nameOf)),
  );
  const named = candidates.map(({ id, name }) => ({ user_id: id, full_name: name }));
  const encoded = (written: string) => withTokens(written, named, names.nameOf("all"));
  const isUploading = uploads.files.some(({ done, failed }) => !done && !failed);
  const ready = uploads.files.flatMap(({ done }) => (done ? [done.id] : []));
  const isTooLong = text.length > MOST_LETTERS;
  const maySend = (text.trim() !== "" || ready.length > 0) && !isUploading && !isTooLong;

  const write = (next: string, caret = next.length) => {
    setText(next);
    draft.keep(encoded(next));
    mentions.look(next.slice(0, caret));
  };
  const insert = (piece: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
    write(text.slice(0, selectionStart) + piece + text.slice(selectionEnd), selectionStart + piece.length);
    placeCaret(field.current, selectionStart + piece.length);
  };
  const complete = (candidate: Candidate) => {
    const caret = field.current?.selectionStart ?? text.length;
    const before = mentions.complete(text.slice(0, caret), candidate);
    write(before + text.slice(caret), before.length);
    mentions.close();
    placeCaret(field.current, before.length);
  };
  const send = () => {
    if (!maySend) return;
    onSend(encoded(text.trim()), ready);
    setText("");
    uploads.clear();
    mentions.close();
    draft.keep("");
    void draft.flush();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // What composes a character, as for Chinese, uses the same keys.
    if (event.nativeEvent.isComposing) return;
    if (mentions.found.length > 0 && chooseByKey(event, mentions, complete)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "" && onEditLast) {
      event.preventDefault();
      onEditLast();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    uploads.add(files);
  };
  const chosen = mentions.found[mentions.active];
  return (
    <div className="px-3 pb-3 sm:px-5">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: files can be dropped here; the button does the same */}
      <div
        className="relative rounded-xl border border-line-strong bg-raised has-[textarea:focus]:border-accent"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          uploads.add([...event.dataTransfer.files]);
        }}
      >
        <MentionList id={listId} found={mentions.found} active={mentions.active} onChoose={complete} />
        <UploadList files={uploads.files} onRemove={uploads.remove} onRetry={uploads.retry} />
        <textarea
          ref={field}
          value={text}
          // Of a text, not of what invites to write one.
          dir={text === "" ? undefined : "auto"}
          rows={Math.min(MOST_LINES, text.split("\n").length)}
          aria-label={label}
          placeholder={label}
          aria-autocomplete="list"
          aria-controls={mentions.found.length > 0 ? listId : undefined}
          aria-activedescendant={chosen ? `${listId}-${chosen.id}` : undefined}
          aria-invalid={isTooLong || undefined}
          className="block max-h-60 w-full resize-none bg-transparent px-3 pt-3 outline-none [field-sizing:content] placeholder:text-ink-soft"
          onChange={(event) => {
            write(event.target.value, event.target.selectionStart);
            onTyping();
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => void draft.flush()}
        />
        <div className="flex items-center justify-between gap-2 p-1">
          <div className="flex items-center">
            <FileButton label={t("attach")} onChoose={uploads.add} />
            <EmojiPicker label={t("emoji")} onChoose={insert} />
            <p className="ms-2 hidden text-xs text-ink-soft md:block">{t("hint")}</p>
          </div>
          <div className="flex items-center gap-2">
            <span role="status" className="text-xs text-bad">
              {isTooLong && t("too_long", { count: text.length - MOST_LETTERS })}
            </span>
            <button
              type="button"
              aria-label={t("send")}
              title={t("send")}
              // It stays in the tab order, so that the focus does not fall away when a message was sent.
              aria-disabled={!maySend}
              onClick={send}
              className={classNames(
                "inline-flex size-10 items-center justify-center rounded-lg pointer-coarse:size-11",
                maySend ? "bg-accent text-on-accent hover:bg-accent-strong" : "bg-sunken text-ink-soft",
              )}
            >
              <Icon name="send" className="rtl:-scale-x-100" />
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}

const LIST_KEYS = new Set(["ArrowDown", "ArrowUp", "Escape", "Enter", "Tab"]);
type Mentions = ReturnType<typeof useMentions>;

/** Whether the key was one for the list of names. */
function chooseByKey(
  event: KeyboardEvent,
  mentions: Mentions,
  complete: (candidate: Candidate) => void,
): boolean {
  const chosen = mentions.found[mentions.active];
  if (event.shiftKey || !LIST_KEYS.has(event.key)) return false;
  event.preventDefault();
  if (event.key === "Escape") mentions.close();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp")
    mentions.move(event.key === "ArrowDown" ? 1 : -1);
  else if (chosen) complete(chosen);
  return true;
}

type ListProps = {
  id: string;
  found: readonly Candidate[];
  active: number;
  onChoose: (candidate: Candidate) => void;
};

function MentionList({ id, found, active, onChoose }: ListProps) {
  const t = useTranslations("conversations.composer");
  if (found.length === 0) return null;
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t("mention")}
      className="absolute start-2 bottom-full z-20 mb-2 w-72 max-w-[calc(100%-1rem)] rounded-xl border border-line bg-raised p-1 shadow-card"
    >
      {found.map((candidate, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
        <div
          key={candidate.id}
          id={`${id}-${candidate.id}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(candidate)}
          className="flex cursor-pointer items-center gap-2 rounded-lg px-2 py-1.5 aria-selected:bg-accent-soft pointer-coarse:py-3"
        >
          <Avatar
            small
            id={candidate.id}
            name={candidate.name}
            {...(candidate.id === "all" && { icon: "users" as const })}
          />
          <span className="min-w-0 flex-1 truncate">{candidate.name}</span>
          {candidate.isAssistant && <AssistantMark />}
        </div>
      ))}
    </div>
  );
}

function FileButton({ label, onChoose }: { label: string; onChoose: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    onChoose([...(event.target.files ?? [])]);
    event.target.value = "";
  };
  return (
    <>
      <input ref={input} type="file" multiple hidden onChange={choose} aria-label={label} />
      <button
        type="button"
        aria-label={label}
        title={label}
        className={iconButtonClasses()}
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" />
      </button>
    </>
  );
}

/** After React has put the text in its place. */
function placeCaret(field: HTMLTextAreaElement | null, at: number): void {
  requestAnimationFrame(() => {
    field?.focus();
    field?.setSelectionRange(at, at);
  });
}
