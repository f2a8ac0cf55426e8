import { describe, expect, it } from 'vitest'
import { FileStore } from '../src/swarm/file-store.ts'

const bytes = (length: number, first: number) => Uint8Array.from({ length }, (_, i) => (first + i) % 251)
const file = (name: string, length: number, first: number) => new File([bytes(length, first)], name)

const dropped = [file('b', 250, 300), file('a', 300, 0)]
const store = new FileStore(200, {
  files: [
    { name: 'a', length: 300 },
    { name: 'b', length: 250 }
  ],
  dropped
})

const read = (index: number, range: { offset?: number; length?: number } | null = null) =>
  new Promise<number[]>((resolve, reject) =>
    store.get(index, range, (failure, got) => (got ? resolve([...got]) : reject(failure)))
  )

describe('a store of files', () => {
  it("has the torrent's pieces, across files and to the end", async () => {
    const all = [...bytes(550, 0)]
    expect(await read(0)).toEqual(all.slice(0, 200))
    expect(await read(1)).toEqual(all.slice(200, 400))
    expect(await read(2)).toEqual(all.slice(400))
    expect(await read(1, { offset: 90, length: 20 })).toEqual(all.slice(290, 310))
  })

  it('is of those files and no others', () => {
    expect(() => new FileStore(200, { files: [{ name: 'a', length: 299 }], dropped })).toThrow(
      'a is not among'
    )
  })
})
