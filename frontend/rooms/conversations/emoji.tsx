"use client";
/** The emoji that people use most; a screen reader knows the name of each. */
import { useTranslations } from "use-intl";
import { Flyout } from "@/components/ui/flyout";
import { Icon } from "@/components/ui/icon";
import { iconButtonClasses } from "@/components/ui/icon-button";

const GROUPS = [
  ["👍", "❤️", "😂", "🎉", "🙏", "👀", "✅", "🚀"],
  ["😀", "😄", "😉", "😊", "😍", "😎", "🤔", "😅", "😭", "😢", "😮", "😴", "🙄", "😬", "🤯", "🥳"],
  ["👎", "👏", "🙌", "👋", "💪", "🤝", "👌", "✌️", "🤞", "☝️", "👉", "🫡", "🤷", "🙈", "🧠", "💯"],
  ["🔥", "✨", "⭐", "💡", "❗", "❓", "❌", "⚠️", "📌", "📎", "📅", "⏰", "📈", "📉", "🐛", "🔒"],
  ["☕", "🍰", "🍕", "🍻", "🌞", "🌧️", "❄️", "🌱", "🐶", "🐱", "🏠", "🚗", "✈️", "🎁", "🎵", "⚽"],
] as const;

export const QUICK = ["👍", "❤️", "😂", "🎉"] as const;

type Props = { label: string; small?: boolean; onChoose: (emoji: string) => void };

export function EmojiPicker({ label, small = false, onChoose }: Props) {
  const t = useTranslations("conversations.emoji");
  return (
    <Flyout
      label={t("title")}
      className="w-[19.5rem] p-2"
      button={{
        "aria-label": label,
        title: label,
        className: iconButtonClasses(small),
        children: <Icon name="smile" />,
      }}
    >
      {(close) =>
        GROUPS.map((group) => (
          <div
            key={group[0]}
            className="grid grid-cols-8 border-b border-line py-1 first:pt-0 last:border-0 last:pb-0"
          >
            {group.map((emoji) => (
              <button
                key={emoji}
                type="button"
                className="flex size-9 items-center justify-center rounded-lg text-xl hover:bg-sunken"
                onClick={() => {
                  onChoose(emoji);
                  close();
                }}
              >
                {emoji}
              </button>
            ))}
          </div>
        ))
      }
    </Flyout>
  );
}
