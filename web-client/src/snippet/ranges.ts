/** What looks like the TimeRanges of a media element. */
export function ranges(
  list: readonly (readonly [number, number])[]
): Pick<TimeRanges, 'length' | 'start' | 'end'> {
  const at = (index: number): readonly [number, number] => {
    const range = list[index]
    if (!range) throw new DOMException('there is no such range', 'IndexSizeError')
    return range
  }
  return { length: list.length, start: index => at(index)[0], end: index => at(index)[1] }
}
