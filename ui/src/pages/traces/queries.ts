// How the list asks for traces: the newest again and again, older ones on demand. One feed in the query cache holds
// both.

import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useRef, useState, type RefObject } from "react";
import { fetchTraces } from "../../api/traces.ts";
import { appendToFeed, refreshFeed, showWaiting, startFeed, type Feed } from "../../model/feed.ts";

/**
 * A trace must stand in the list within a second of the tracer's 200; the rest of the second is for the answer and the
 * drawing.
 */
const POLL_MS = 400;

/** Rows per answer: two screens, and more new traces between two looks than one reads. */
const PAGE_ROWS = 100;

const FEED = ["traces"];

/** The newest traces. While `reading` holds true, new ones wait instead of moving what is on the screen. */
export function useFeed(reading: RefObject<boolean>): UseQueryResult<Feed> {
  const client = useQueryClient();
  return useQuery({
    queryKey: FEED,
    queryFn: async ({ signal }): Promise<Feed> => {
      const page = await fetchTraces(PAGE_ROWS, null, signal);
      const feed = client.getQueryData<Feed>(FEED);
      return feed === undefined ? startFeed(page) : refreshFeed(feed, page, reading.current);
    },
    structuralSharing: false,
    refetchInterval: POLL_MS,
    retry: false,
  });
}

/** Puts the rows that waited on the screen. */
export function useShowWaiting(): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    client.setQueryData<Feed>(FEED, (feed) => (feed === undefined ? feed : showWaiting(feed)));
  }, [client]);
}

/**
 * Loads what is older than the list, one page at a time. A failure is left for the next scroll: the poll already shows
 * that the server is away.
 */
export function useOlder(): { readonly loading: boolean; readonly load: () => void } {
  const client = useQueryClient();
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const load = useCallback(() => {
    const cursor = client.getQueryData<Feed>(FEED)?.next ?? null;
    if (busy.current || cursor === null) return;
    busy.current = true;
    setLoading(true);
    fetchTraces(PAGE_ROWS, cursor, new AbortController().signal)
      .then((page) =>
        // Only if the list has not started anew meanwhile: the page would not follow on it.
        client.setQueryData<Feed>(FEED, (feed) => (feed?.next === cursor ? appendToFeed(feed, page) : feed)),
      )
      .catch(() => undefined)
      .finally(() => {
        busy.current = false;
        setLoading(false);
      });
  }, [client]);
  return { loading, load };
}
