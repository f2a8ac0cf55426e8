// Debian's Chromium, headless, through playwright-core. Only ever run it inside the namespace of netns.sh: whatever it does towards
// the outside by itself must have nowhere to go.
import { chromium as playwright } from 'playwright-core'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fail } from './lib.mjs'

const executable = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(f => f && existsSync(f))
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--mute-audio', '--autoplay-policy=no-user-gesture-required',
  // local addresses are not hidden behind multicast names
  '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,WebRtcHideLocalIpsWithMdns',
  // no name is looked up; addresses are names to this rule
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE 10.77.0.1'
]

/** A fresh browser with one page; `problems` gathers what the page complains about. `names` are taken for loopback, as a rebound name would be. */
export async function chromium ({ width = 1280, height = 800, colorScheme = 'light', names = [], more = [] } = {}) {
  if (!executable) fail('Chromium is missing: run ./sluice test, which installs it, or set CHROMIUM to its path')
  const profile = mkdtempSync(path.join(os.tmpdir(), 'sluice-chromium-'))
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: executable, headless: true, args: [...flags.slice(0, -1), names.map(n => `MAP ${n} 127.0.0.1, `).reduce((rules, map) => rules.replace('=', `=${map}`), flags.at(-1)), ...more], viewport: { width, height }, colorScheme, timeout: 60000
  })
  const page = context.pages()[0] ?? await context.newPage()
  const problems = []
  page.on('pageerror', e => problems.push(`page error: ${e.message}`))
  page.on('console', m => { if (m.type() === 'error') problems.push(`console: ${m.text()}`) })
  const end = async () => { await context.close().catch(() => {}); rmSync(profile, { recursive: true, force: true }) }
  return { page, problems, end }
}
