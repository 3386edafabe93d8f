import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { Demo } from '../support/demo'
import { enter, tabTo, typeInto } from '../support/keyboard'
import { freePort, Process, program } from '../support/process'
import { breaches, misfits } from '../support/rules'
import { proveAnew, signInAnew } from '../support/stepup'
import { Watch } from '../support/watch'

// What comes of a deactivation: the run, its receipts, the undo; by keyboard alone
// and without a script. It changes what everybody sees, so the demo is its own.
base.describe.configure({ mode: 'default' })

const shown = { timeout: 60_000 }
const why = 'The office in Brno closes on Friday'

let server: Process
let demo: Demo

base.beforeAll(async () => {
  base.setTimeout(240_000)
  const listen = `127.0.0.1:${await freePort()}`
  server = Process.start('rollcall demo', program, ['demo', '--listen', listen])
  demo = new Demo(`http://${listen}`)
  await server.ready(`${demo.url}/readyz`, 180)
})
base.beforeEach(() => base.setTimeout(240_000))
base.afterEach(async ({}, info) => {
  if (server && info.status !== info.expectedStatus) await info.attach('server', { body: server.log() })
})
base.afterAll(() => server?.stop())

type Open = (options?: BrowserContextOptions) => Promise<Page>

// Opens watched browsers in which Amara is signed in, and closes them; a test fails
// on whatever the watch noted.
const test = base.extend<{ open: Open }>({
  open: async ({ browser }: { browser: Browser }, use) => {
    const opened: { page: Page; watch: Watch }[] = []
    await use(async (options) => {
      const context = await browser.newContext({ baseURL: demo.url, ...options })
      const watch = new Watch(context, [demo.url])
      const page = await context.newPage()
      opened.push({ page, watch })
      await demo.enter(page, 'admin')
      return page
    })
    for (const { page } of opened) await page.context().close()
    expect(opened.flatMap(({ watch }) => watch.faults)).toEqual([])
  },
})

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const button = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name })
const link = (page: Page, name: string | RegExp) => page.locator('main').getByRole('link', { name })

/** Both themes and both widths, by axe and by our own measure. */
async function holds(page: Page): Promise<void> {
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect([width, colorScheme, ...(await breaches(page)), ...(await misfits(page))]).toEqual([width, colorScheme])
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('the stories: what failed, what is not confirmed, who is in again', async ({ open }) => {
  const page = await open()
  await page.goto('/attention')
  await expect(page.locator('#queue')).toContainText('2 people can sign in at Northwind ID, although cut off in DEA-2.')
  await expect(page.locator('#queue')).toContainText('1 session end not confirmed by Northwind ID (DEA-2)')
  await expect(page.locator('#queue')).toContainText('Goran Novak asks to deactivate 16 people.')
  await expect(page.locator('#queue')).toContainText('The undo of DEA-1, the deactivation of 4 people, closes.')
  await page.getByLabel('Search everywhere').fill('#dea-2')
  await page.keyboard.press('Enter')
  await expect(heading(page)).toHaveText('DEA-2 Deactivation of 14 people')
  await expect(page).toHaveTitle(/^Done: 1 failed, 2 not confirmed - /)
  await expect(page.locator('#failed')).toContainText('Northwind ID answered 403')
  await expect(link(page, /^Open connector/)).toHaveAttribute('href', /\/connectors\//)
  await expect(page.locator('#applications')).toContainText(/Warehouse.*Never told: \d+.*(Until \d\d:\d\d:\d\d UTC at the latest|Not any more)/s)
  await holds(page)

  // Tried again, it fails again: nothing changed at the provider.
  await button(page, 'Retry 1').click()
  await expect(page.locator('.banner').first()).toContainText('The failed steps are tried again.')
  await expect(page).toHaveTitle(/^Done: 1 failed, 2 not confirmed - /, shown)
  await expect(page.locator('#progress')).not.toHaveAttribute('hx-trigger')

  await link(page, 'Receipts').click()
  await link(page, 'Sent, not confirmed').click()
  await expect(page.locator('.receipt')).toHaveCount(1)
  await expect(page.locator('.receipt')).toContainText('Check by hand: open the sessions of account')
  await holds(page)
  const at = page.url().replace(/\/receipts.*/, '')
  await page.goto(at + '/undo')
  await expect(page.locator('main')).toContainText('14 people may sign in again')
  await holds(page)
  await page.goto(at + '/certificates')
  await expect(button(page, /^Issue/)).toBeVisible()
  await page.goto('/search?q=DEA-1')
  await link(page, 'Certificates').click()
  await expect(link(page, /certificate|Download|File/i).first()).toBeVisible()
})

test('one waits for Amara: she approves it, and the page follows it to its end', async ({ open }) => {
  const page = await open()
  await page.goto('/approvals')
  await link(page, 'Goran Novak asks to deactivate 16 people').click()
  await link(page, 'Approve...').click()
  await button(page, /^Approve/).click()
  await proveAnew(page, 'Amara Okafor')
  await button(page, /^Approve/).click()
  await expect(page).toHaveTitle(/^Done: DEA-4 Deactivation of 16 people - /, shown)
  await expect(page.locator('#progress')).not.toHaveAttribute('hx-trigger')
  await expect(page.locator('#progress')).toContainText('16 people are out.')
  await expect(page.locator('#progress .banner')).toContainText(/Undo possible until \w{3} \d+ \w{3} \d{4}, \d\d:\d\d UTC/)
})

test('from the list to the receipt by keyboard alone', async ({ open }) => {
  const page = await open()
  await page.goto('/users?status=active&sort=-name') // the same people whenever the demo is started
  for (const key of ['j', 'j', 'x']) await page.keyboard.press(key)
  await expect(page.locator('#bulk strong')).toHaveText('1 selected')
  for (const key of ['j', 'j', 'X']) await page.keyboard.press(key)
  await expect(page.locator('#bulk strong')).toHaveText('3 selected')
  await enter(page, button(page, /^Deactivate 3/), 'Shift+Tab')
  await expect(page).toHaveURL(/\/preview$/, shown)
  await page.waitForLoadState()
  if (await page.locator('.op-settle').count()) {
    await typeInto(page, page.getByLabel('New manager'), 'amara.okafor@northwind.example')
    await page.keyboard.press('Enter')
    await expect(page.locator('.op-settle')).toContainText('Amara Okafor')
  }
  await enter(page, link(page, 'Continue: reason'))
  await typeInto(page, page.getByLabel(/^Reason/), why)
  await enter(page, button(page, 'Continue: confirm'))
  await expect(page).toHaveURL(/\/confirm$/)
  const last = button(page, /deactivate 3 people$/i)
  const direct = (await last.innerText()).startsWith('Deactivate')
  expect(direct, 'three ordinary people need no second approver').toBe(true)
  await enter(page, last)
  await proveAnewByKeys(page)
  await expect(last).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveTitle(/^Done: DEA-\d+ Deactivation of 3 people - /, shown)
  await enter(page, link(page, 'Receipts'))
  await expect(heading(page)).toHaveText(/^Receipts of DEA-\d+$/)
  await expect(page.locator('.receipt')).toHaveCount(3)
  await expect(page.locator('.receipt').first()).toContainText('Sign-in blocked, sessions ended')
  await page.keyboard.press('Home')
})

/** A fresh sign-in without a mouse. */
async function proveAnewByKeys(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/step-up\?for=/)
  await page.waitForTimeout(1100)
  await enter(page, page.getByRole('button', { name: /^Continue to/ }))
  await tabTo(page, page.getByRole('button', { name: 'Amara Okafor' }))
  await page.keyboard.press('Enter')
  await expect(page.locator('form.elevated')).toContainText(/Elevated until/)
}

test('without a script: a pasted list, its receipts, and an undo of one and then of all', async ({ open }) => {
  const page = await open({ javaScriptEnabled: false })
  await page.goto('/users?status=active&sort=-name')
  const mails = (await page.locator('#users .below').allInnerTexts()).slice(5, 8)
  const names = (await page.locator('#users [data-row-link]').allInnerTexts()).slice(5, 8)
  await page.goto('/ops/new')
  await page.getByRole('textbox', { name: /^Lines/ }).fill(mails.join('\n'))
  await button(page, 'Look up the list').click()
  await button(page, /^Continue: preview 3/).click()
  if (!/\/preview/.test(page.url())) await page.reload()
  await expect(page.locator('.op-sentence')).toBeVisible()
  await page.waitForLoadState()
  if (await page.locator('.op-settle').count()) {
    await page.getByLabel('New manager').fill('amara.okafor@northwind.example')
    await button(page, /^Set (for all|as their manager)/).click()
  }
  await link(page, 'Continue: reason').click()
  await page.getByLabel(/^Reason/).fill(why)
  await button(page, 'Continue: confirm').click()
  await button(page, 'Deactivate 3 people').click()
  await signInAnew(page, 'Amara Okafor', 'Deactivate 3 people')
  await button(page, 'Deactivate 3 people').click()
  await expect(heading(page)).toHaveText(/^DEA-\d+ Deactivation of 3 people$/)
  await expect(async () => {
    await page.reload()
    await expect(page).toHaveTitle(/^Done: /, { timeout: 1_000 })
  }).toPass(shown)
  const at = new URL(page.url()).pathname

  await link(page, 'Receipts').click()
  await expect(page.locator('.receipt')).toHaveCount(3)
  await link(page, 'Download CSV').click()
  await page.getByLabel(/^Reason/).fill('Evidence for control AC-2')
  const file = page.waitForEvent('download')
  await button(page, /^Download the receipts/).click()
  expect((await file).suggestedFilename()).toMatch(/^rollcall-DEA-\d+-receipts-/)

  await page.goto('/users?q=' + encodeURIComponent(mails[0]))
  await link(page, names[0]).first().click()
  await expect(page.locator('.banner').first()).toContainText(/Deactivated with DEA-\d+\. Undo possible until/)
  await page.locator('.banner').first().getByRole('link', { name: 'Undo' }).click()
  await expect(page.locator('main')).toContainText('3 people may sign in again')
  await page.getByRole('radio', { name: 'Only those who are ticked below' }).check()
  await page.getByLabel(/^Reason/).fill('The list named the wrong person')
  await button(page, /^Undo DEA-/).click()
  await expect(page.getByRole('alert')).toContainText('Nobody is chosen. Nothing was undone.')
  await page.getByRole('checkbox', { name: names[0] }).check()
  await button(page, /^Undo DEA-/).click()
  await expect(async () => {
    await page.goto(at)
    await expect(page.locator('#progress')).toContainText('2 people are out. 1 let in again.', { timeout: 1_000 })
  }).toPass(shown)
  await page.goto(at + '/undo')
  await page.getByRole('radio', { name: 'All 2 people' }).check()
  await page.getByLabel(/^Reason/).fill('The list named the wrong office')
  await button(page, /^Undo DEA-/).click()
  await expect(async () => {
    await page.goto(at)
    await expect(page.locator('#progress')).toContainText('Undone', { timeout: 1_000 })
  }).toPass(shown)
  await page.goto(at + '/undo')
  await expect(page.locator('main')).toContainText('was undone already')
})
