import { describe, expect, it } from 'vitest'
import { FilePieces } from '../src/play/pieces.ts'
import { readRange, type ReaderParts } from '../src/play/reader.ts'
import type { SwarmSource } from '../src/play/sources.ts'

type Bytes = Uint8Array<ArrayBuffer>

const PIECE = 1000
const OFFSET = 300
const LENGTH = 7777
const TORRENT = OFFSET + LENGTH + 500

/** The byte at a place in the torrent. */
const byteAt = (at: number): number => (at * 31 + (at >> 8)) & 255
const torrentBytes = Uint8Array.from({ length: TORRENT }, (_, at) => byteAt(at))
const fileBytes = (first: number, last: number): Bytes =>
  torrentBytes.slice(OFFSET + first, OFFSET + last + 1)

class FakeSwarm implements SwarmSource {
  readonly pieces = new FilePieces(PIECE, OFFSET, LENGTH, TORRENT)
  readonly held = new Set<number>()
  readonly kept = new Map<number, Bytes>()
  offers = new Set<number>()
  private readonly waiting = new Map<number, (() => void)[]>()

  has(piece: number): boolean {
    return this.held.has(piece)
  }
  read(piece: number, offset: number, length: number): Promise<Bytes> {
    if (!this.held.has(piece)) throw new Error('it is not here')
    return Promise.resolve(torrentBytes.slice(piece * PIECE + offset, piece * PIECE + offset + length))
  }
  focus(): void {}
  offered(piece: number): boolean {
    return this.offers.has(piece)
  }
  arrival(piece: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      signal.addEventListener('abort', () => resolve())
      this.waiting.set(piece, [...(this.waiting.get(piece) ?? []), resolve])
    })
  }
  keep(piece: number, bytes: Bytes): Promise<void> {
    this.kept.set(piece, bytes)
    return Promise.resolve()
  }
  comes(piece: number): void {
    this.held.add(piece)
    for (const resolve of this.waiting.get(piece) ?? []) resolve()
  }
}

function rig(
  swarm: FakeSwarm | null,
  options: { deadlineMs?: number; http?: boolean; fails?: () => boolean } = {}
) {
  const asked: [number, number][] = []
  const parts: ReaderParts = {
    swarm: () => swarm,
    httpFails: () => {},
    patience: {
      http: options.http ?? true,
      deadlineMs: () => options.deadlineMs ?? 0,
      expecting: () => false
    },
    http: {
      async *read(first, last) {
        asked.push([first, last])
        if (options.fails?.()) throw new Error('gone')
        for (let at = first; at <= last; at += 300) yield fileBytes(at, Math.min(last, at + 299))
      }
    }
  }
  return { parts, asked }
}

async function all(
  parts: ReaderParts,
  first: number,
  last: number,
  signal = new AbortController().signal
): Promise<Bytes> {
  const out: number[] = []
  for await (const chunk of readRange(parts, first, last, signal))
    out.push(...structuredClone(chunk, { transfer: [chunk.buffer] }))
  return Uint8Array.from(out)
}

/** The matchers of the test library take their time with long arrays. */
const same = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

describe('a range', () => {
  it('comes over HTTP alone', async () => {
    const { parts } = rig(null)
    expect(await all(parts, 5, LENGTH - 1)).toEqual(fileBytes(5, LENGTH - 1))
  })

  it('is right whatever is held and wherever it begins', async () => {
    let seed = 7
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n
    for (let run = 0; run < 200; run++) {
      const swarm = new FakeSwarm()
      for (let piece = 0; piece < 9; piece++) if (random(2)) swarm.held.add(piece)
      const first = random(LENGTH)
      const last = first + random(LENGTH - first)
      const { parts, asked } = rig(swarm)
      expect(same(await all(parts, first, last), fileBytes(first, last))).toBe(true)
      const wasted = asked.filter(([from, to]) => {
        for (let piece = swarm.pieces.at(from); piece <= swarm.pieces.at(to); piece++)
          if (swarm.held.has(piece)) return true
        return false
      })
      expect(wasted).toEqual([])
      const wrong = [...swarm.kept].filter(
        ([piece, bytes]) => !same(bytes, torrentBytes.slice(piece * PIECE, (piece + 1) * PIECE))
      )
      expect(wrong).toEqual([])
    }
  })

  it('keeps the whole pieces that came over HTTP for others', async () => {
    const swarm = new FakeSwarm()
    await all(rig(swarm).parts, 0, LENGTH - 1)
    // the first and the last piece have bytes of other files
    expect([...swarm.kept.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('waits for peers while the picture allows', async () => {
    const swarm = new FakeSwarm()
    swarm.offers = new Set([0, 1])
    const { parts, asked } = rig(swarm, { deadlineMs: 5000 })
    const range = all(parts, 0, 900)
    setTimeout(() => swarm.comes(0), 20)
    setTimeout(() => swarm.comes(1), 40)
    expect(await range).toEqual(fileBytes(0, 900))
    expect(asked).toEqual([])
  })

  it('does not wait past the deadline', async () => {
    const swarm = new FakeSwarm()
    swarm.offers = new Set([0])
    const { parts, asked } = rig(swarm, { deadlineMs: 30 })
    expect(await all(parts, 0, 100)).toEqual(fileBytes(0, 100))
    expect(asked.length).toBe(1)
  })

  it('goes on from peers when HTTP is gone', async () => {
    const swarm = new FakeSwarm()
    const { parts } = rig(swarm, { fails: () => true })
    const range = all(parts, 0, 900)
    setTimeout(() => swarm.comes(0), 20)
    setTimeout(() => swarm.comes(1), 40)
    expect(await range).toEqual(fileBytes(0, 900))
  })

  it('asks nothing over HTTP where only peers may be used', async () => {
    const swarm = new FakeSwarm()
    const { parts, asked } = rig(swarm, { http: false, deadlineMs: 20 })
    const range = all(parts, 0, 100)
    setTimeout(() => swarm.comes(0), 60)
    expect(await range).toEqual(fileBytes(0, 100))
    expect(asked).toEqual([])
  })

  it('ends when it is given up', async () => {
    const abort = new AbortController()
    const { parts } = rig(new FakeSwarm(), { http: false, deadlineMs: 20 })
    const range = all(parts, 0, 100, abort.signal)
    abort.abort()
    expect((await range).length).toBe(0)
  })
})
