"use client";
/** A deployment as it is now: fetched once, then told by its stream, and fetched again for what the stream leaves out. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { deployment } from "@/lib/api/queries";
import { afterStory, continued, type Happening, happening } from "@/lib/deployments/story";
import { type Connection, follow } from "@/lib/live/follow";
import { trailing } from "@/lib/live/trailing";

const REFETCH_GAP_MS = 500;

export function useLiveDeployment(id: string) {
  const client = useQueryClient();
  const query = useQuery(deployment(id));
  const { story, connection } = useStory(id, () => client.refetchQueries(deployment(id)));
  const { data } = query;
  const view = useMemo(() => data && afterStory(data, story), [data, story]);
  return { view, story, connection, error: query.error, retry: query.refetch };
}

function useStory(id: string, refetch: () => Promise<unknown>) {
  const [story, setStory] = useState<readonly Happening[]>([]);
  const [connection, setConnection] = useState<Connection>("connecting");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refetch` is another function each time, and the same one
  useEffect(() => {
    setStory([]);
    const refetching = trailing(refetch, REFETCH_GAP_MS);
    const batch: Happening[] = [];
    const stop = follow(`/v1/deployments/${id}/events`, {
      onConnection: setConnection,
      onEvent: (event) => {
        if (event.event !== "log") refetching.ask();
        const news = happening(event);
        if (!news || batch.push(news) > 1) return;
        // What came in one piece, such as all that happened before, is shown in one piece.
        setTimeout(() => setStory((known) => continued(known, batch.splice(0))), 0);
      },
    });
    return () => {
      stop();
      refetching.stop();
    };
  }, [id]);
  return { story, connection };
}
