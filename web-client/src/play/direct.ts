// What the media element got from the gateway itself, past this page: it is known as each request ends.

/** Tells of each such request's bytes, until it is stopped; `passed` says whether one that came to the worker went on to the gateway. */
export function countDirect(
  isOurs: (url: string) => boolean,
  passed: () => boolean,
  count: (bytes: number) => void
): () => void {
  const observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (entry.initiatorType === 'fetch' || !isOurs(entry.name)) continue
      if (entry.workerStart === 0 || passed()) count(entry.encodedBodySize)
    }
  })
  observer.observe({ type: 'resource', buffered: true })
  return () => observer.disconnect()
}
