import { expect, it } from 'vitest'
import { decode, languageOf, vttOfSrt } from '../src/play/subtitles.ts'

it('turns SubRip into WebVTT', () => {
  const srt =
    '\uFEFF1\r\n00:00:01,500 --> 00:00:02,000\r\n<font color="red">Grüezi</font>\r\n{\\an8}zwei\r\n\r\n2\r\n0:01:02,5 --> 0:01:03,25\r\nEnde\r\n'
  expect(vttOfSrt(srt)).toBe(
    'WEBVTT\n\n00:00:01.500 --> 00:00:02.000\nGrüezi\nzwei\n\n00:01:02.500 --> 00:01:03.250\nEnde\n'
  )
})

it('survives what is no SubRip', () => {
  expect(vttOfSrt('<script>alert(1)</script>\n\n-->')).toBe('WEBVTT\n\n\n')
})

it('reads old encodings', () => {
  expect(decode(new Uint8Array([0xfc]).buffer)).toBe('ü')
  expect(decode(new TextEncoder().encode('ü').buffer)).toBe('ü')
})

it('knows the language by the name', () => {
  expect(languageOf('dir/film.en.srt')).toBe('en')
  expect(languageOf('film.pt-BR.vtt')).toBe('pt')
  expect(languageOf('film.srt')).toBe('')
})
