// A file of 512 MiB that is held in memory, over TLS: random ranges of 1 MiB by wrk (HTTP/1.1), and the whole file by curl, with HTTP/1.1 and
// HTTP/2, which has one connection and its windows. Beside the gateway nginx with the same certificate, from the page cache.
//   ./sluice bench tls          RUNS=3 SECONDS=2 ONLY=Sluice
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { chosen, comparison, cpuSeconds, gateway, inTurns, insideNamespace, media, nginx, request, runs, scratch, start, wrk } from './lib.mjs'

insideNamespace()
const SECONDS = Number(process.env.SECONDS ?? 2)
const LENGTH = 512 << 20
const TLS_PORT = 8443
const folder = scratch()
const file = media('random-512M.bin', LENGTH)
const name = path.basename(file)
const certificate = { cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') }
execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '2', '-keyout', certificate.key, '-out', certificate.cert], { stdio: 'ignore' })

const kinds = {
  Sluice: async () => {
    const env = {
      SLUICE_CACHE_MEMORY: '1G', SLUICE_WEBRTC_ENABLED: 'false', QUARKUS_HTTP_SSL_PORT: String(TLS_PORT),
      QUARKUS_HTTP_SSL_CERTIFICATE_FILES: certificate.cert, QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES: certificate.key
    }
    const server = await gateway(path.join(folder, 'data'), { env }, file)
    const where = `/stream/${await server.published()}/${name}`
    const { bytes } = await request(server.url + where)
    if (bytes !== LENGTH) throw new Error(`${bytes} bytes`)
    return { ...server, url: `https://127.0.0.1:${TLS_PORT}${where}` }
  },
  nginx: async () => {
    const server = await nginx(path.join(folder, 'nginx'), path.dirname(file), { certificate })
    return { ...server, url: `${server.tlsUrl}/${name}` }
  }
}
const ranges = connections => ({
  what: `1 MiB ranges, ${connections} connection${connections > 1 ? 's' : ''}`,
  load: async url => (await wrk(url, { fileBytes: LENGTH, rangeBytes: 1 << 20, connections, seconds: SECONDS })).mbps
})
const whole = version => ({
  what: `whole file, HTTP/${version}`,
  load: async url => {
    const curl = start('curl', ['--silent', '--show-error', '--insecure', `--http${version}`, '--output', '/dev/null', '--write-out', '%{http_version} %{size_download} %{speed_download}\n', url])
    const [said, bytes, speed] = (await curl.until(line => line, 60000)).split(' ')
    if (said !== version || Number(bytes) !== LENGTH) throw new Error(`curl: HTTP/${said}, ${bytes} bytes`)
    return Number(speed) / 1e6
  }
})
const workloads = [ranges(1), ranges(8), ranges(32), whole('1.1'), whole('2')]

const servers = {}
for (const [kind, begin] of Object.entries(chosen(kinds))) servers[kind] = await begin()
/** All workloads once. */
async function measure (kind) {
  const all = {}
  for (const { what, load } of workloads) {
    const before = cpuSeconds(servers[kind].pid)
    const t0 = performance.now()
    all[what] = { mbps: await load(servers[kind].url), cores: (cpuSeconds(servers[kind].pid) - before) * 1e3 / (performance.now() - t0) }
  }
  return all
}
const results = await inTurns(runs(3), Object.fromEntries(Object.keys(servers).map(kind => [kind, () => measure(kind)])), { warmUps: 2 })
for (const server of Object.values(servers)) await server.stop()

const figures = (kind, what) => (results[kind] ?? []).map(all => all[what].mbps)
comparison('tls', 'A file that is held in memory, over TLS', workloads.map(({ what }) => ({ what, unit: 'MB/s', ours: figures('Sluice', what), theirs: { nginx: figures('nginx', what) } })))
if (results.Sluice?.length) console.log(workloads.map(({ what }) => `${what}: ${results.Sluice.at(-1)[what].cores.toFixed(2)} cores of ours`).join('\n'))
process.exit(Object.values(results).every(all => all.length > 0) ? 0 : 1)
