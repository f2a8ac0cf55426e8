// The machine and its processes: how busy it is, what a process uses.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

function processor () {
  const times = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/).slice(1, 9).map(Number)
  return { idle: times[3] + times[4], total: times.reduce((x, y) => x + y, 0) }
}

/** Waits until the machine has been mostly idle for a second, CALM_LIMIT (30) seconds at most; returns the idle part that it saw last. */
export async function calm ({ idle = 0.8, limit = Number(process.env.CALM_LIMIT ?? 30) } = {}) {
  let seen = 1
  for (let i = 0; i < limit; i++) {
    const before = processor()
    await sleep(1000)
    const after = processor()
    seen = (after.idle - before.idle) / (after.total - before.total)
    if (seen >= idle) break
  }
  return seen
}

const status = (pid, field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

/** What of a process is in memory, in bytes. */
export const rssBytes = pid => 1024 * status(pid, 'VmRSS')

export const threads = pid => status(pid, 'Threads')

export const sockets = pid => readdirSync(`/proc/${pid}/fd`).filter(fd => {
  try { return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:') } catch { return false }
}).length

/** Asks a JVM something, and returns what it answers. */
export const jcmd = (pid, command) => execFileSync(path.join(process.env.JAVA_HOME, 'bin/jcmd'), [String(pid), command], { encoding: 'utf8' })

/** Has a JVM collect its garbage; twice, for what the first leaves to finalizers. */
export function collect (pid) {
  for (let i = 0; i < 2; i++) jcmd(pid, 'GC.run')
}

/** User and system time of a process so far, in seconds. */
export function cpuSeconds (pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Connections of this network namespace that the kernel has reset so far because its memory for TCP was full. */
export function tcpMemoryResets () {
  const [names, values] = readFileSync('/proc/net/netstat', 'utf8').split('\n').filter(line => line.startsWith('TcpExt')).map(line => line.split(' '))
  return Number(values[names.indexOf('TCPAbortOnMemory')])
}
