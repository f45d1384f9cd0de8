"use client";
/** What every room stands on: texts and the cache of answers. */
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Texts } from "@/components/intl";
import { UnreachableError } from "@/lib/api/problem";
import { platformStatus } from "@/lib/api/queries";
import type { Locale } from "@/lib/i18n/locales";
import type { Messages } from "@/lib/i18n/messages";

const TRIES = 3;

/** Only what was not answered is asked again by itself; a refusal stays a refusal. */
function newClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      // Whether that is an outage shows at once, and its end is seen soon; the status line then asks again for the rest.
      onError: (error, { queryKey }) => {
        if (error instanceof UnreachableError && queryKey[0] !== platformStatus.queryKey[0])
          void client.invalidateQueries(platformStatus);
      },
    }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => error instanceof UnreachableError && failures < TRIES,
        retryDelay: (failures) => Math.min(8000, 500 * 2 ** failures) * (0.5 + Math.random() / 2),
        staleTime: 5_000,
      },
      mutations: { retry: false },
    },
  });
  return client;
}

export function Providers({
  locale,
  messages,
  children,
}: {
  locale: Locale;
  messages: Messages;
  children: ReactNode;
}) {
  const [client] = useState(newClient);
  return (
    <Texts locale={locale} messages={messages}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </Texts>
  );
}
