// What the benchmarks share: a network of their own, processes that are ended by their id, figures.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '..')
export const peers = path.join(root, 'src/test/peers')
const netns = path.join(peers, 'netns.sh')

/** Runs the calling script again inside a network that nothing can leave, and never returns from the outer run. */
export function insideNamespace () {
  if (process.env.SLUICE_BENCH_INSIDE) return
  const name = `sluice-${process.pid}-1`
  execFileSync(netns, ['up', name])
  let status = 1
  try {
    status = spawnSync(netns, ['exec', name, process.execPath, ...process.argv.slice(1)], {
      stdio: 'inherit', env: { ...process.env, SLUICE_BENCH_INSIDE: '1' }
    }).status ?? 1
  } finally {
    execFileSync(netns, ['down', name])
  }
  process.exit(status)
}

const children = new Set()
process.on('exit', () => { for (const child of children) child.kill('SIGKILL') })

/** A child process; `until(test)` resolves with the first line, parsed when it is JSON, for which the test answers something. */
export function start (command, argv, { cwd = root, env = {}, stderr = 'ignore' } = {}) {
  const child = spawn(command, argv, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', stderr] })
  children.add(child)
  const lines = []
  let wake = () => {}
  let rest = ''
  child.stdout.on('data', data => {
    const parts = (rest + data).split('\n')
    rest = parts.pop()
    for (const line of parts) lines.push(line.startsWith('{') ? JSON.parse(line) : line)
    wake()
  })
  let gone = false
  const ended = new Promise(resolve => child.on('exit', () => { gone = true; children.delete(child); wake(); resolve() }))
  return {
    pid: child.pid,
    ended,
    tell: o => child.stdin.write(JSON.stringify(o) + '\n'),
    stop: async () => { if (!gone) child.kill('SIGTERM'); await ended },
    until: (test, limitMs = 60000) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${argv.join(' ')}: nothing within ${limitMs} ms`)), limitMs)
      wake = () => {
        for (const line of lines) {
          const found = line.error ? reject(new Error(line.error)) : test(line)
          if (found) { clearTimeout(timer); return resolve(found) }
        }
        if (gone) { clearTimeout(timer); reject(new Error(`${argv.join(' ')} ended early`)) }
      }
      wake()
    })
  }
}

/** One of the scripts in src/test/peers, and its ready line. */
export async function peer (script, argv, { fastIce = true } = {}) {
  const process_ = start(process.execPath, [...(fastIce ? ['--import', './fast-ice.mjs'] : []), script, ...argv], { cwd: peers })
  return { ...process_, ready: await process_.until(line => line.ready && line) }
}

/** The start-up cache, when the build has made one. */
export const javaOptions = () => {
  const file = path.join(root, 'target/quarkus-app/java.options')
  return existsSync(file) ? [`@${file}`] : []
}

/** The gateway on a free port, with an empty data folder and peers over WebRTC only, or over TCP only; its url. */
export async function gateway (data, { tcp = false } = {}, ...argv) {
  const child = start(path.join(process.env.JAVA_HOME, 'bin/java'), [
    '--enable-native-access=ALL-UNNAMED', ...javaOptions(), ...(process.env.SLUICE_JAVA_OPTS ?? '').split(' ').filter(Boolean), '-jar', path.join(root, 'target/quarkus-app/quarkus-run.jar'), '--port', '0', '--data', data, ...argv
  ], { env: { SLUICE_TCP_ENABLED: String(tcp), SLUICE_TCP_PORT: '0', SLUICE_WEBRTC_ENABLED: String(!tcp), SLUICE_DHT_ENABLED: 'false', SLUICE_LSD_ENABLED: 'false' } })
  return { ...child, url: await child.until(line => /^Sluice is ready at (\S+)/.exec(line)?.[1], 90000) }
}

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

/** One request; times in ms from the start to the first byte of the body and to the end, and the hash of the body. */
export function request (url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const t0 = performance.now()
    const r = http.request(url, { method, headers }, response => {
      const hash = createHash('sha256')
      let first
      let bytes = 0
      response.on('data', data => { first ??= performance.now() - t0; bytes += data.length; hash.update(data) })
      response.on('end', () => resolve({ status: response.statusCode, bytes, first, total: performance.now() - t0, sha256: hash.digest('hex') }))
      response.on('error', reject)
    })
    r.on('error', reject)
    r.end(body)
  })
}

export function median (values) {
  const sorted = [...values].sort((x, y) => x - y)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Prints rows as a table, and keeps them in target/bench for whoever compares runs. */
export function report (name, rows) {
  console.table(rows)
  writeFileSync(path.join(root, 'target/bench', `${name}.json`), JSON.stringify({ at: new Date().toISOString(), rows }, null, 2) + '\n')
}
