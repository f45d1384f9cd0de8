"use client";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import type { Use } from "@/lib/ai/types";
import { centsText } from "@/lib/figures";

type Row = Use["total"] & { id: string; name: string };
type Props = { title: string; head: string; note?: string; rows: readonly Row[] };

/** Who used, or was used, how much. */
export function ShareCard({ title, head, note, rows }: Props) {
  const t = useTranslations("ai_use");
  const format = useFormatter();
  const locale = useLocale();
  return (
    <Card>
      <h2 className="text-lg font-semibold">{title}</h2>
      {rows.length === 0 ? (
        <p className="mt-2 text-ink-soft">{t("days.none")}</p>
      ) : (
        <table className="mt-2 w-full text-sm tabular-nums">
          <thead className="text-ink-soft">
            <tr>
              <th scope="col" className="py-2 text-start font-medium">
                {head}
              </th>
              {(["queries", "tokens", "price"] as const).map((column) => (
                <th
                  key={column}
                  scope="col"
                  className={`py-2 ps-3 text-end font-medium ${column === "tokens" ? "max-sm:hidden" : ""}`}
                >
                  {t(`columns.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map(({ id, name, queries, input_tokens, output_tokens, cache_read_tokens, cents }) => (
              <tr key={id}>
                <th scope="row" className="py-2 text-start font-normal wrap-anywhere">
                  {name}
                </th>
                <td className="py-2 ps-3 text-end">{format.number(queries)}</td>
                <td className="py-2 ps-3 text-end max-sm:hidden">
                  {format.number(input_tokens + cache_read_tokens + output_tokens, { notation: "compact" })}
                </td>
                <td className="py-2 ps-3 text-end">{centsText(cents, locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {note && <p className="mt-2 text-sm text-ink-soft">{note}</p>}
    </Card>
  );
}
