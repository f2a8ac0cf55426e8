// Serves the page that runs webtorrent in the browser, and an empty one for a <video>, on loopback: another origin than the gateway's.
import { createReadStream, existsSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'

const here = import.meta.dirname
const own = Object.fromEntries(['leech.html', 'seed.html', 'empty.html'].map(page => [`/${page}`, path.join(here, page)]))
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }

/** `more` maps paths to files that are served beside the pages; `texts` maps paths to pages as such. */
export async function pageServer (more = {}, texts = {}) {
  const pages = { ...own, ...more }
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://page')
    if (pathname in texts) {
      const type = pathname.endsWith('.js') ? types['.js'] : types['.html']
      return response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(texts[pathname])
    }
    const file = pages[pathname] ?? path.join(here, 'node_modules/webtorrent/dist', path.basename(pathname))
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store' })
    createReadStream(file).pipe(response)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}
