// Files: random bytes, a film, a folder that goes when the benchmark ends.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { peers, root } from './paths.mjs'

/** A file of random bytes, kept between runs. */
export function media (name, bytes) {
  const file = path.join(root, 'target/bench', name)
  mkdirSync(path.dirname(file), { recursive: true })
  if (!existsSync(file) || statSync(file).size !== bytes) writeFileSync(file, randomBytes(bytes))
  return file
}

/** A minute of moving pictures and sound, some 4 Mbit/s, which plays as it comes; kept between runs. */
export function film () {
  const file = path.join(root, 'target/bench/film.mp4')
  mkdirSync(path.dirname(file), { recursive: true })
  if (!existsSync(file)) {
    execFileSync('ffmpeg', [
      '-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30,noise=alls=18:allf=t', '-f', 'lavfi', '-i', 'sine=440',
      '-t', '60', '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '4M', '-maxrate', '4M', '-bufsize', '8M', '-g', '60', '-pix_fmt', 'yuv420p',
      '-c:a', 'aac', '-movflags', '+faststart', file
    ])
  }
  return file
}

export const scratch = () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}


/** A .torrent beside a file, which names no tracker. */
export async function torrentOf (file, pieceBytes) {
  const createTorrent = (await import(path.join(peers, 'node_modules/create-torrent/index.js'))).default
  const torrentFile = `${file}.${pieceBytes >> 10}k.torrent`
  writeFileSync(torrentFile, await promisify(createTorrent)(file, { announceList: [], createdBy: 'sluice-bench', creationDate: 0, pieceLength: pieceBytes }))
  return torrentFile
}
