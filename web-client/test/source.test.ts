import { describe, expect, it } from 'vitest'
import { escapePath, parseSource } from '../src/shared/source.ts'

const HEX = '0123456789abcdef0123456789ABCDEF01234567'

describe('a source', () => {
  it('is a magnet link, an infohash or a URL', () => {
    expect(parseSource(` ${HEX} `)).toEqual({ kind: 'infohash', infohash: HEX.toLowerCase() })
    const magnet = `magnet:?dn=x&xt=urn:btih:${HEX}&tr=ws://a`
    expect(parseSource(magnet)).toEqual({ kind: 'magnet', infohash: HEX.toLowerCase(), magnet })
    expect(parseSource('https://a.example/x.torrent')).toEqual({
      kind: 'url',
      url: 'https://a.example/x.torrent'
    })
  })

  it('is nothing else', () => {
    for (const text of ['', 'javascript:alert(1)', 'magnet:?xt=urn:btih:12', `${HEX}0`, 'data:text/html,x']) {
      expect(parseSource(text)).toBeNull()
    }
  })

  it('has paths that stand in URLs', () => {
    expect(escapePath('a b/ü#?.mp4')).toBe('a%20b/%C3%BC%23%3F.mp4')
  })
})
