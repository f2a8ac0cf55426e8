// nginx as it is usually set up for files: sendfile, a worker a core; over TLS with HTTP/2 when it is given a certificate.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sleep } from './machine.mjs'
import { start } from './processes.mjs'

export async function nginx (folder, root, { port = 8090, certificate } = {}) {
  mkdirSync(folder, { recursive: true })
  const conf = path.join(folder, 'nginx.conf')
  writeFileSync(conf, `daemon off; worker_processes 2; pid ${folder}/nginx.pid; error_log stderr crit; user root;
events { worker_connections 4096; }
http {
  default_type application/octet-stream;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(kind => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  server { listen 127.0.0.1:${port}; root ${root}; }
  ${certificate ? `server { listen 127.0.0.1:${port + 1} ssl http2; root ${root}; ssl_certificate ${certificate.cert}; ssl_certificate_key ${certificate.key}; }` : ''}
}
`)
  const server = start('/usr/sbin/nginx', ['-p', folder, '-c', conf, '-e', 'stderr'])
  const url = `http://127.0.0.1:${port}`
  for (let i = 0; i < 100; i++) {
    try {
      await (await fetch(url)).arrayBuffer()
      return { ...server, url, tlsUrl: `https://127.0.0.1:${port + 1}` }
    } catch { await sleep(50) }
  }
  throw new Error('nginx does not answer')
}
