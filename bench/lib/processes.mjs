// Processes, which are ended by their id: peers, and the gateway.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import { peers, root } from './paths.mjs'

const children = new Set()
process.on('exit', () => { for (const child of children) child.kill('SIGKILL') })

/**
 * A child process; `until(test)` resolves with what the test answers for the first line, parsed when it is JSON, for which it answers something;
 * `ask(command, test)` does for the lines that come after a command.
 */
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
  const tell = o => child.stdin.write(JSON.stringify(o) + '\n')
  const until = (test, limitMs = 60000, from = 0) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${argv.join(' ')}: nothing within ${limitMs} ms`)), limitMs)
    wake = () => {
      for (const line of lines.slice(from)) {
        const found = line.error ? reject(new Error(line.error)) : test(line)
        if (found) { clearTimeout(timer); return resolve(found) }
      }
      if (gone) { clearTimeout(timer); reject(new Error(`${argv.join(' ')} ended early`)) }
    }
    wake()
  })
  return {
    pid: child.pid,
    ended,
    tell,
    until,
    ask: (command, test, limitMs) => { const from = lines.length; tell(command); return until(test, limitMs, from) },
    stop: async () => { if (!gone) child.kill('SIGTERM'); await ended }
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

/**
 * The gateway on a free port, with its data in a folder and peers over WebRTC only unless told otherwise: its `url`; `published()`, the infohash of the first
 * file that it was given; `tcpPort()`, where it listens for peers. Its log is in target/bench/gateway.log.
 */
export async function gateway (data, { tcp = false, webrtc = !tcp, env = {} } = {}, ...argv) {
  mkdirSync(path.join(root, 'target/bench'), { recursive: true })
  const child = start(path.join(process.env.JAVA_HOME, 'bin/java'), [
    '--enable-native-access=ALL-UNNAMED', ...javaOptions(), ...(process.env.SLUICE_JAVA_OPTS ?? '').split(' ').filter(Boolean), '-jar', path.join(root, 'target/quarkus-app/quarkus-run.jar'), '--port', '0', '--data', data, ...argv
  ], { stderr: openSync(path.join(root, 'target/bench/gateway.log'), 'a'), env: { SLUICE_TCP_ENABLED: String(tcp), SLUICE_TCP_PORT: '0', SLUICE_WEBRTC_ENABLED: String(webrtc), SLUICE_DHT_ENABLED: 'false', SLUICE_LSD_ENABLED: 'false', ...env } })
  const url = await child.until(line => /^Sluice is ready at (\S+)/.exec(line)?.[1], 90000)
  return {
    ...child,
    url,
    published: () => child.until(line => /page\s+\S*?([0-9a-f]{40})$/.exec(line)?.[1]),
    tcpPort: async () => (await (await fetch(`${url}/q/health`)).json()).checks.find(check => check.name === 'tcp').data.port
  }
}
