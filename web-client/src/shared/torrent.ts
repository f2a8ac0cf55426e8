// A torrent as the gateway's API tells it, and what can be read off it.
import type { PlayedFile } from '../play/playback.ts'

export interface PeerCounts {
  readonly webrtc: number
  readonly tcp: number
  readonly webSeeds: number
}

export interface TorrentFile {
  readonly index: number
  readonly path: string
  readonly length: number
  readonly mediaType: string
  readonly streamUrl: string
  readonly webSeedUrl: string
}

export interface Torrent {
  readonly infohash: string
  readonly name: string
  readonly length: number
  readonly pieceLength: number
  readonly phase: 'metadata' | 'ready' | 'error'
  readonly error?: string
  readonly progress: number
  readonly magnet: string
  readonly private: boolean
  readonly added?: string
  readonly files: readonly TorrentFile[]
  readonly peers: PeerCounts
  readonly downloaded: number
  readonly uploaded: number
  readonly downloadRate: number
  readonly uploadRate: number
  readonly readers: number
  readonly policy?: 'cached' | 'kept' | 'seeded'
  readonly safe?: boolean
  readonly safeBytes?: number
  readonly problem?: string
  readonly mirrors?: readonly string[]
}

export const playable = (file: TorrentFile): boolean => /^(video|audio)\//.test(file.mediaType)

/** The file asked for; without one, the largest that a player could play. */
export function pick(torrent: Torrent, path: string | null): TorrentFile | null {
  if (path) return torrent.files.find(file => file.path === path) ?? null
  return torrent.files
    .filter(playable)
    .reduce<TorrentFile | null>((best, file) => (!best || file.length > best.length ? file : best), null)
}

/** The file's URL on the host that this page came from, whatever the gateway's public URL is. */
export function streamPath(torrent: Torrent, file: TorrentFile): string {
  const at = file.streamUrl.lastIndexOf(`/stream/${torrent.infohash}/`)
  return file.streamUrl.slice(at + 1)
}

/** A file as the player has to know it. */
export const playedFile = (torrent: Torrent, file: TorrentFile): PlayedFile => ({
  file: file.index,
  length: file.length,
  type: file.mediaType,
  isPrivate: torrent.private
})

const stem = (path: string): string => path.replace(/\.[^./]*$/, '')

/** Subtitle files that belong to a file: beside it, and named as it is; beside the only film, any. */
export function subtitlesOf(torrent: Torrent, file: TorrentFile): TorrentFile[] {
  const subtitles = torrent.files.filter(other => /\.(vtt|srt)$/i.test(other.path))
  const named = subtitles.filter(other => other.path.startsWith(`${stem(file.path)}.`))
  const films = torrent.files.filter(playable)
  return named.length || films.length > 1 ? named : subtitles
}
