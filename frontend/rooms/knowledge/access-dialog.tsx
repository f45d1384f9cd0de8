"use client";
/** Who may read a document: everyone, the business, or some roles and people of it. */
import { type ReactElement, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Modal } from "@/components/ui/modal";
import { TextField } from "@/components/ui/text-field";
import { useNames } from "@/components/use-names";
import type { DocumentAccess } from "@/lib/ai/types";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";

const AUDIENCES = ["members", "restricted", "everyone"] as const;
const ROLES = ["owner", "admin", "member", "viewer"] as const;

type Props = {
  title: string;
  access: DocumentAccess;
  confirm: string;
  /** Said above the button: when it holds. */
  note?: string;
  onSave: (access: DocumentAccess) => Promise<unknown>;
  /** A refusal in words, where there are better ones than usual. */
  textOf?: (error: unknown) => string;
  trigger: ReactElement;
};

export function AccessDialog({ title, trigger, ...rest }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Modal isOpen={isOpen} onOpenChange={setOpen} title={title} trigger={trigger}>
      <Form {...rest} onDone={() => setOpen(false)} />
    </Modal>
  );
}

function Form({
  access,
  confirm,
  note,
  onSave,
  textOf,
  onDone,
}: Omit<Props, "title" | "trigger"> & { onDone: () => void }) {
  const t = useTranslations("knowledge.access");
  const problems = useProblemText();
  const [chosen, setChosen] = useState(access);
  const [failed, setFailed] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isRestricted = chosen.audience === "restricted";
  const save = async () => {
    if (isRestricted && chosen.roles.length + chosen.user_ids.length === 0) return setFailed(t("fault"));
    setBusy(true);
    try {
      // What is not restricted names nobody.
      await onSave(isRestricted ? chosen : { ...chosen, roles: [], user_ids: [] });
      onDone();
    } catch (error) {
      setFailed((textOf ?? problems.textOf)(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Audience value={chosen.audience} onChange={(audience) => setChosen({ ...chosen, audience })} />
      {isRestricted && <Readers access={chosen} onChange={setChosen} />}
      <Outcome failed={failed} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" busy={isBusy}>
          {confirm}
        </Button>
        {note && <span className="min-w-0 flex-1 text-sm text-ink-soft">{note}</span>}
      </div>
    </form>
  );
}

type AudienceProps = {
  value: DocumentAccess["audience"];
  onChange: (audience: DocumentAccess["audience"]) => void;
};

function Audience({ value, onChange }: AudienceProps) {
  const t = useTranslations("knowledge.access");
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1.5 text-sm font-medium">{t("audience")}</legend>
      {AUDIENCES.map((each) => (
        <label key={each} className="flex min-h-11 items-start gap-3 py-1">
          <input
            type="radio"
            name={name}
            checked={value === each}
            onChange={() => onChange(each)}
            className="mt-1 size-4 shrink-0 accent-accent"
          />
          <span>
            <span className="block font-medium">{t(each)}</span>
            <span className="block text-sm text-ink-soft">{t(`${each}_hint`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

type ReadersProps = { access: DocumentAccess; onChange: (access: DocumentAccess) => void };

function Readers({ access, onChange }: ReadersProps) {
  const t = useTranslations("knowledge.access");
  const roles = useTranslations("team.roles");
  const names = useNames();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLocaleLowerCase();
  const found = names.people.filter(({ full_name }) => full_name.toLocaleLowerCase().includes(wanted));
  const toggled = <One extends string>(list: readonly One[], one: One) =>
    list.includes(one) ? list.filter((each) => each !== one) : [...list, one];
  return (
    <div className="grid gap-5 sm:grid-cols-[10rem_minmax(0,1fr)]">
      <fieldset>
        <legend className="mb-1 text-sm font-medium">{t("roles")}</legend>
        {ROLES.map((role) => (
          <Check
            key={role}
            label={roles(role)}
            isChecked={access.roles.includes(role)}
            onChange={() => onChange({ ...access, roles: toggled(access.roles, role) })}
          />
        ))}
      </fieldset>
      <fieldset className="min-w-0">
        <legend className="mb-1 text-sm font-medium">{t("people")}</legend>
        <TextField
          label={t("find")}
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <div className="mt-1 max-h-52 overflow-y-auto">
          {found.length === 0 && <p className="py-3 text-sm text-ink-soft">{t("nobody")}</p>}
          {found.map(({ user_id, full_name }) => (
            <Check
              key={user_id}
              label={full_name}
              isChecked={access.user_ids.includes(user_id)}
              onChange={() => onChange({ ...access, user_ids: toggled(access.user_ids, user_id) })}
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}

type CheckProps = { label: string; isChecked: boolean; onChange: () => void };

function Check({ label, isChecked, onChange }: CheckProps) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input
        type="checkbox"
        className="size-5 shrink-0 accent-accent"
        checked={isChecked}
        onChange={onChange}
      />
      <span className="min-w-0 wrap-anywhere">{label}</span>
    </label>
  );
}
