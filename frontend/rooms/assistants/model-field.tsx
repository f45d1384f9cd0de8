"use client";
/** Which model answers, which ones are asked when it does not, and what leaves the platform by that. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Icon } from "@/components/ui/icon";
import { SelectField } from "@/components/ui/select-field";
import { models } from "@/lib/ai/queries";
import type { Model } from "@/lib/ai/types";
import type { AssistantFormControl } from "@/rooms/assistants/form";

/** The models that may be asked, in their order: the chosen one first, then the others as the platform has them. */
export function askedInTurn(all: readonly Model[], chosen: string): Model[] {
  const first = all.find(({ name }) => name === chosen) ?? all[0];
  return first ? [first, ...all.filter((each) => each !== first)] : [];
}

export function ModelField({ form }: { form: AssistantFormControl }) {
  const t = useTranslations("assistants.form");
  const { data: all = [] } = useQuery(models);
  const chosen = form.watch("model");
  const inTurn = askedInTurn(all, chosen);
  const isLeaving = inTurn.some(({ leaves_the_machine }) => leaves_the_machine);
  // A model that the platform does not have any more stays chosen until another one is.
  const isUnknown = chosen !== "" && all.length > 0 && !all.some(({ name }) => name === chosen);
  const described = ({ name, leaves_the_machine }: Model) =>
    `${name}: ${t(leaves_the_machine ? "leaves" : "stays")}`;
  return (
    <div className="flex flex-col gap-4">
      <SelectField label={t("model")} {...form.register("model")}>
        <option value="">{t("usual", { name: all[0] ? described(all[0]) : "…" })}</option>
        {all.map((model) => (
          <option key={model.name} value={model.name}>
            {described(model)}
          </option>
        ))}
        {isUnknown && <option value={chosen}>{chosen}</option>}
      </SelectField>
      {inTurn.length > 0 && <Leaving inTurn={inTurn} />}
      {isLeaving && (
        <label className="flex items-start gap-3 py-1">
          <input
            type="checkbox"
            className="mt-0.5 size-5 shrink-0 accent-accent"
            {...form.register("redacts")}
          />
          <span>
            <span className="block font-medium">{t("redacts")}</span>
            <span className="block text-sm text-ink-soft">{t("redacts_hint")}</span>
          </span>
        </label>
      )}
    </div>
  );
}

function Leaving({ inTurn }: { inTurn: readonly Model[] }) {
  const t = useTranslations("assistants.form");
  const leaving = inTurn.filter(({ leaves_the_machine }) => leaves_the_machine);
  const others = inTurn.slice(1);
  const namesOf = (some: readonly Model[]) => some.map(({ name }) => name).join(", ");
  return (
    <div className="flex items-start gap-2 text-sm text-ink-soft">
      <Icon name={leaving.length > 0 ? "globe" : "lock"} />
      <p>
        {leaving.length > 0 ? t("model_leaves", { names: namesOf(leaving) }) : t("model_stays")}{" "}
        {others.length > 0 && t("model_falls", { names: namesOf(others) })}
      </p>
    </div>
  );
}
