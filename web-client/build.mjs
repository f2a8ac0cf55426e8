// Builds what browsers get into target/classes/META-INF/resources, or checks the sources:
//   node build.mjs bundle   installs the npm packages when the lock file changed, bundles when a source changed, checks the sizes
//   node build.mjs check    formatting, types and unit tests, when something changed since they last passed
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

const here = import.meta.dirname
const target = path.resolve(here, '../target')
const out = path.join(target, 'classes/META-INF/resources')

/** Bytes that each file may have when it is compressed; what is not listed is loaded when it is needed. */
const BUDGET = { 'embed.js': 8 * 1024, 'sluice.js': 14 * 1024, 'sw.js': 2 * 1024 }

const say = text => process.stdout.write(`web client: ${text}\n`)

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => !file.includes('node_modules'))
    .sort()
}

function digest() {
  const hash = createHash('sha256')
  for (const file of files(here)) hash.update(`${path.relative(here, file)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

const run = (...command) =>
  execFileSync(command[0], command.slice(1), { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] })

function installPackages() {
  const lock = readFileSync(path.join(here, 'package-lock.json'))
  const installed = path.join(here, 'node_modules/.sluice-lock')
  if (existsSync(installed) && readFileSync(installed).equals(lock)) return
  say('installing the npm packages (npm ci)')
  run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')
  writeFileSync(installed, lock)
}

/** Does the work unless it was done for these very sources. */
async function once(name, isWhole, work) {
  const stamp = path.join(target, `web-client.${name}`)
  const now = digest()
  if (isWhole() && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return
  installPackages()
  await work()
  mkdirSync(target, { recursive: true })
  writeFileSync(stamp, now)
}

const common = { root: path.join(here, 'src'), configFile: false, logLevel: 'warn', clearScreen: false }
const buildOptions = {
  outDir: out,
  emptyOutDir: false,
  target: 'es2022',
  modulePreload: false,
  sourcemap: false
}

/** One file that needs no module loader: the snippet and the service worker are ordinary scripts. */
const script = (vite, entry, fileName) =>
  vite.build({
    ...common,
    build: {
      ...buildOptions,
      lib: {
        entry: path.join(here, 'src', entry),
        formats: ['iife'],
        name: 'sluice',
        fileName: () => fileName
      },
      rollupOptions: { output: { extend: true } }
    }
  })

/** Each page with files of its own: what is shared in parts comes in more requests, and a page is there when the last has come. */
const page = (vite, name, source) =>
  vite.build({
    ...common,
    base: './',
    build: {
      ...buildOptions,
      assetsInlineLimit: 0,
      rollupOptions: {
        preserveEntrySignatures: 'exports-only',
        input: { [name]: path.join(here, 'src', source) },
        output: {
          entryFileNames: chunk => (chunk.name === 'sluice' ? 'sluice.js' : 'assets/[name]-[hash].js'),
          chunkFileNames: 'assets/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]'
        }
      }
    }
  })

/** The frame's page is served at many paths, so it names its files from the root. */
function rootThePlayerPage() {
  const page = path.join(out, 'embed/player.html')
  writeFileSync(page, readFileSync(page, 'utf8').replaceAll('"../', '"/'))
}

function checkSizes() {
  const sizes = files(out)
    .filter(file => file.endsWith('.js'))
    .map(file => ({
      name: path.relative(out, file),
      bytes: gzipSync(readFileSync(file), { level: 9 }).length
    }))
  for (const { name, bytes } of sizes) {
    if (bytes > (BUDGET[name] ?? Infinity))
      throw new Error(`${name} has ${bytes} bytes compressed, and ${BUDGET[name]} are allowed`)
  }
  say(sizes.map(({ name, bytes }) => `${name} ${(bytes / 1024).toFixed(1)} KiB`).join(', ') + ' (gzip)')
}

/** What a site puts beside the snippet's URL, so that its visitors run that very snippet (Subresource Integrity). */
function writeIntegrity() {
  const integrity = {}
  for (const name of ['embed.js', 'sluice.js']) {
    integrity[name] = `sha384-${createHash('sha384')
      .update(readFileSync(path.join(out, name)))
      .digest('base64')}`
  }
  writeFileSync(path.join(out, 'integrity.json'), JSON.stringify(integrity) + '\n')
  say(`embed.js integrity ${integrity['embed.js']}`)
}

async function bundle() {
  const vite = await import('vite')
  rmSync(out, { recursive: true, force: true })
  await page(vite, 'index', 'index.html')
  await page(vite, 'player', 'embed/player.html')
  await page(vite, 'sluice', 'module/sluice.ts')
  await script(vite, 'snippet/embed.ts', 'embed.js')
  await script(vite, 'sw/sw.ts', 'sw.js')
  rootThePlayerPage()
  checkSizes()
  writeIntegrity()
}

const whole = () =>
  ['index.html', 'embed/player.html', 'embed.js', 'sluice.js', 'sw.js', 'integrity.json'].every(name =>
    existsSync(path.join(out, name))
  )

const tasks = {
  bundle: () => once('bundled', whole, bundle),
  check: () =>
    once(
      'checked',
      () => true,
      () => run('npm', 'run', '--silent', 'check')
    )
}

try {
  await tasks[process.argv[2]]()
} catch (failure) {
  process.stderr.write(`web client: ${failure.message}\n`)
  process.exit(1)
}
