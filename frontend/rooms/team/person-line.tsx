"use client";
import { useFormatter, useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import type { Schemas } from "@/lib/api/client";
import { givableRoles, mayChange } from "@/rooms/team/rules";

type Person = Schemas["MemberAnswer"];
type Props = {
  person: Person;
  me: Schemas["MeAnswer"];
  mayLeave: boolean;
  isBusy: boolean;
  onRole: (role: Person["role"]) => void;
  onRemove: () => Promise<unknown>;
  onLeave: () => Promise<unknown>;
};

/** One person: name, address where it may be seen, role, and the ways to change or end it. */
export function PersonLine({ person, me, mayLeave, isBusy, onRole, onRemove, onLeave }: Props) {
  const t = useTranslations("team.people");
  const roles = useTranslations("team.roles");
  const format = useFormatter();
  const isMe = person.user_id === me.user.id;
  const joined = t("joined", { date: format.dateTime(new Date(person.joined_at), { dateStyle: "medium" }) });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line py-3 first:border-t-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 wrap-anywhere">{person.full_name}</span>
          {isMe && <Badge tone="accent">{t("you")}</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-ink-soft">
          {person.email ? `${person.email}, ${joined}` : joined}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {!isMe && mayChange(me, person) ? (
          <>
            <RoleField person={person} me={me} isBusy={isBusy} onRole={onRole} />
            <Remove person={person} onRemove={onRemove} />
          </>
        ) : (
          <span className="text-ink-soft sm:px-1">{roles(person.role)}</span>
        )}
        {isMe && mayLeave && <Leave company={me.tenant.name} onLeave={onLeave} />}
      </div>
    </li>
  );
}

function RoleField({ person, me, isBusy, onRole }: Pick<Props, "person" | "me" | "isBusy" | "onRole">) {
  const t = useTranslations("team");
  return (
    <select
      aria-label={t("people.role_of", { name: person.full_name })}
      value={person.role}
      disabled={isBusy}
      onChange={(event) => onRole(event.target.value as Person["role"])}
      className="h-11 rounded-lg border border-line-strong bg-raised px-3 text-base text-ink disabled:text-ink-soft"
    >
      {givableRoles(me).map((role) => (
        <option key={role} value={role}>
          {t(`roles.${role}`)}
        </option>
      ))}
    </select>
  );
}

function Remove({ person, onRemove }: Pick<Props, "person" | "onRemove">) {
  const t = useTranslations("team.people");
  const common = useTranslations("common");
  const name = person.full_name;
  return (
    <ConfirmDialog
      trigger={
        <Button tone="secondary" size="sm" aria-label={t("remove_label", { name })}>
          {t("remove")}
        </Button>
      }
      title={t("remove_title", { name })}
      confirm={t("remove")}
      dismiss={common("cancel")}
      onConfirm={onRemove}
    >
      {t("remove_text", { name })}
    </ConfirmDialog>
  );
}

function Leave({ company, onLeave }: { company: string; onLeave: () => Promise<unknown> }) {
  const t = useTranslations("team.people");
  const common = useTranslations("common");
  return (
    <ConfirmDialog
      trigger={
        <Button tone="secondary" size="sm">
          {t("leave")}
        </Button>
      }
      title={t("leave_title", { company })}
      confirm={t("leave")}
      dismiss={common("cancel")}
      onConfirm={onLeave}
    >
      {t("leave_text")}
    </ConfirmDialog>
  );
}
