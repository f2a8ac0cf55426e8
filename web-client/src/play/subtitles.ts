// Subtitles beside a file: WebVTT as it is, SubRip turned into it.
import { visible } from '../shared/dom.ts'

/** WebVTT of a SubRip text: the same blocks with points instead of commas, and marks that WebVTT knows. */
export function vttOfSrt(srt: string): string {
  const blocks = srt
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n{2,}/)
  const cues = blocks.flatMap(block => {
    const lines = block.split('\n')
    const at = lines.findIndex(line => line.includes('-->'))
    const times = /(\d+:\d\d:\d\d)[,.](\d{1,3})\s*-->\s*(\d+:\d\d:\d\d)[,.](\d{1,3})/.exec(lines[at] ?? '')
    if (!times) return []
    const [, from, fromMs = '', to, toMs = ''] = times
    const pad = (time = ''): string => time.padStart(8, '0')
    const text = lines
      .slice(at + 1)
      .join('\n')
      .replace(/\{\\[^}]*\}/g, '')
      .replace(/<\/?font[^>]*>/gi, '')
    return [`${pad(from)}.${fromMs.padEnd(3, '0')} --> ${pad(to)}.${toMs.padEnd(3, '0')}\n${text}`]
  })
  return `WEBVTT\n\n${cues.join('\n\n')}\n`
}

/** The text of a subtitle file, whatever its encoding: UTF-8 where it is valid, else Windows-1252. */
export function decode(bytes: ArrayBuffer): string {
  const start = new Uint8Array(bytes.slice(0, 2))
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

const LANGUAGE = /\.([a-z]{2,3})(?:[-_][a-z0-9]+)?\.(?:vtt|srt)$/i

/** A language tag from a name like film.en.srt, or nothing. */
export const languageOf = (path: string): string => LANGUAGE.exec(path)?.[1]?.toLowerCase() ?? ''

const MAX_BYTES = 4 << 20

/** Adds a track for each file; what cannot be fetched is left out. Returns what frees them. */
export function offerSubtitles(
  media: HTMLMediaElement,
  files: readonly { path: string; url: string }[]
): () => void {
  const stop = new AbortController()
  const added: { track: HTMLTrackElement; url: string }[] = []
  const load = async ({ path, url }: { path: string; url: string }): Promise<void> => {
    const response = await fetch(url, { signal: stop.signal })
    if (!response.ok || Number(response.headers.get('content-length')) > MAX_BYTES) return
    const text = decode(await response.arrayBuffer())
    if (stop.signal.aborted) return
    const vtt = /\.srt$/i.test(path) ? vttOfSrt(text) : text
    const blob = URL.createObjectURL(new Blob([vtt], { type: 'text/vtt' }))
    const track = document.createElement('track')
    const language = languageOf(path)
    track.kind = 'subtitles'
    track.label = language ? language.toUpperCase() : visible(path.split('/').at(-1) ?? path)
    if (language) track.srclang = language
    track.src = blob
    media.append(track)
    added.push({ track, url: blob })
  }
  for (const file of files) load(file).catch(() => {})
  return () => {
    stop.abort()
    for (const { track, url } of added) {
      track.remove()
      URL.revokeObjectURL(url)
    }
  }
}
