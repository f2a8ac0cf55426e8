// A network of their own, which nothing can leave.
import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { peers } from './paths.mjs'

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
