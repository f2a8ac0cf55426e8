import { describe, expect, it } from 'vitest'
import { fromFrame, toFrame } from '../src/frame/messages.ts'
import { fromFragment, playerOptions, toFragment } from '../src/frame/options.ts'

describe('messages to a frame', () => {
  it('are taken when they are of the kinds that there are', () => {
    expect(toFrame({ sluice: 'pause', more: 1 })).toEqual({ sluice: 'pause' })
    expect(toFrame({ sluice: 'set', name: 'volume', value: 0.5 })).toEqual({
      sluice: 'set',
      name: 'volume',
      value: 0.5
    })
  })

  it('are dropped when they are anything else', () => {
    for (const data of [
      null,
      'pause',
      [],
      { sluice: 'eval', code: '1' },
      { sluice: 'play' },
      { sluice: 'set', name: 'src', value: 'https://evil.example' },
      { sluice: 'set', name: 'onclick', value: 1 },
      { sluice: 'set', name: 'volume', value: 'loud' },
      { sluice: 'set', name: 'muted', value: 1 },
      { sluice: 'set', name: 'currentTime', value: NaN }
    ]) {
      expect(toFrame(data)).toBeNull()
    }
  })
})

describe('messages from a frame', () => {
  it('are dropped unless they are known', () => {
    expect(fromFrame({ sluice: 'event', event: 'beforeunload', state: {} })).toBeNull()
    expect(fromFrame({ sluice: 'stats' })).toBeNull()
    expect(fromFrame({ sluice: 'played', call: 3 })).toEqual({ sluice: 'played', call: 3, refusal: null })
  })
})

describe('options', () => {
  it('survive the fragment', () => {
    const attributes = new Map([
      ['src', 'magnet:?xt=urn:btih:abc&dn=a b'],
      ['autoplay', ''],
      ['start', '12.5'],
      ['p2p', 'only'],
      ['subtitles', 'a/b.srt']
    ])
    const options = playerOptions(name => attributes.get(name) ?? null)
    const back = fromFragment(`#${toFragment(options, 'https://site.example')}`)
    expect(back).toEqual({ options, origin: 'https://site.example' })
  })

  it('take nothing but an origin for an origin', () => {
    for (const origin of ['*', 'null', 'javascript:x', 'https://a.example/path']) {
      expect(fromFragment(`#origin=${encodeURIComponent(origin)}`).origin).toBeNull()
    }
  })
})
