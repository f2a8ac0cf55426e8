// The web app of a gateway that asks for its admin token: refused with a wrong one, added with the right one, which is kept for the tab.
//   node browser-token.mjs --gateway URL --token TOKEN --magnet MAGNET [--screenshot FILE]
// Last line: {"done":true, why, cancelled, wrong, added, asked (how often), violations, problems}
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say } from './lib.mjs'

const a = args({ gateway: '', token: '', magnet: '', screenshot: '' })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
const dialog = page.locator('#token')
let asked = 0

async function add () {
  await page.fill('#source', a.magnet)
  await page.click('#add button[type=submit]')
  await dialog.waitFor({ state: 'visible', timeout: 10000 })
  asked++
}

try {
  await page.goto(`${a.gateway}/`)
  say({ ready: true })
  await add()
  const why = await page.textContent('#token-why')
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  if (a.screenshot) await page.screenshot({ path: a.screenshot })
  await page.click('#token button[value=cancel]')
  await page.waitForFunction(() => document.getElementById('message').textContent)
  const cancelled = await page.textContent('#message')
  await add()
  await page.fill('#token-input', 'not the token')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => !document.getElementById('token').open && document.getElementById('message').classList.contains('bad'))
  const wrong = await page.textContent('#message')
  await add()
  await page.fill('#token-input', a.token)
  await page.keyboard.press('Enter')
  await page.waitForSelector('#torrents li', { timeout: 10000 })
  const added = await page.$$eval('#torrents li', all => all.length)
  // the token is kept for this tab: no further question
  page.on('dialog', question => question.accept())
  await page.click('#torrents li button')
  await page.waitForFunction(() => !document.querySelector('#torrents li'))
  const stays = await dialog.isHidden()
  say({ done: true, why, cancelled, wrong, added, asked, stays, violations: violations.map(({ id, impact }) => ({ id, impact })), problems: browser.problems.filter(one => !/status of 40[13]/.test(one)) })
  await browser.end()
  process.exit(0)
} catch (e) {
  if (a.screenshot) await page.screenshot({ path: a.screenshot }).catch(() => {})
  const text = await page.evaluate(() => document.body.innerText).catch(() => '')
  await browser.end()
  fail(`browser-token: ${e.message}`, { text, problems: browser.problems })
}
