"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { dashboard } from "@/lib/api/queries";

export function DashboardRoom() {
  const t = useTranslations("dashboard");
  const { data } = useQuery(dashboard);
  return (
    <>
      <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
      <p>{data?.tenant?.name}</p>
    </>
  );
}
