"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { session } from "@/lib/session/session";
import { Outcome } from "@/rooms/account/outcome";
import { PersonLine } from "@/rooms/team/person-line";
import { mayLeave } from "@/rooms/team/rules";

type Person = Schemas["MemberAnswer"];
type Props = { me: Schemas["MeAnswer"]; people: Person[] };
type Act = { person: Person; role?: Person["role"] };

/** Everybody, with what the reader may do to them. */
export function PeopleCard({ me, people }: Props) {
  const t = useTranslations("team.people");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: async ({ person, role }: Act) => {
      const params = { path: { user_id: person.user_id } };
      if (role) await data(api.PATCH("/v1/members/{user_id}", { params, body: { role } }));
      else await data(api.DELETE("/v1/members/{user_id}", { params }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["team"] }),
  });
  const leave = useMutation({
    mutationFn: async () => {
      await data(api.DELETE("/v1/members/me"));
      // What is left of the session: its cookie, and the other tabs.
      await session()
        .close()
        .catch(() => undefined);
    },
  });
  const failed = act.error ?? leave.error;
  const { person, role } = act.variables ?? {};
  const done = person && t(role ? "role_changed" : "removed", { name: person.full_name });
  return (
    <Card aria-labelledby="people" className="flex flex-col gap-4">
      <h2 id="people" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <ul className="flex flex-col">
        {people.map((each) => (
          <PersonLine
            key={each.user_id}
            person={each}
            me={me}
            mayLeave={mayLeave(me, people)}
            isBusy={act.isPending && person?.user_id === each.user_id}
            onRole={(wanted) => act.mutate({ person: each, role: wanted })}
            onRemove={() => act.mutateAsync({ person: each }).catch(() => undefined)}
            onLeave={() => leave.mutateAsync().catch(() => undefined)}
          />
        ))}
      </ul>
      <Outcome done={act.isSuccess ? done : undefined} failed={failed ? textOf(failed) : undefined} />
    </Card>
  );
}
