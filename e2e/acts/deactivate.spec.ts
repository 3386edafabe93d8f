import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { Demo } from '../support/demo'
import { freePort, Process, program } from '../support/process'
import { breaches, misfits } from '../support/rules'
import { elevated, proveAnew } from '../support/stepup'
import { Watch } from '../support/watch'

// A deactivation of many, from ticking people to the word of a second admin,
// clicked through as people would, with a script and without. It changes what
// everybody sees, so the demo is one of its own.
base.describe.configure({ mode: 'default' })
base.use({ actionTimeout: 30_000 })

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

type Open = (enter: (page: Page) => Promise<void>, options?: BrowserContextOptions) => Promise<Page>

// Opens watched browsers in which somebody signs in, and closes them; a test fails
// on whatever the watch noted.
const test = base.extend<{ open: Open }>({
  open: async ({ browser }: { browser: Browser }, use) => {
    const opened: { page: Page; watch: Watch }[] = []
    await use(async (enter, options) => {
      const context = await browser.newContext({ baseURL: demo.url, ...options })
      const watch = new Watch(context, [demo.url])
      const page = await context.newPage()
      opened.push({ page, watch })
      await enter(page)
      return page
    })
    for (const { page } of opened) await page.context().close()
    expect(opened.flatMap(({ watch }) => watch.faults)).toEqual([])
  },
})

const amara = (page: Page) => demo.enter(page, 'admin')

async function goran(page: Page): Promise<void> {
  await page.goto('/signin')
  await page.getByRole('button', { name: 'Continue with Northwind ID' }).click()
  await page.getByRole('button', { name: 'Goran Novak' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible(shown)
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const button = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name })
const link = (page: Page, name: string | RegExp) => page.locator('main').getByRole('link', { name })
/** The buttons in the rows of the frozen list. */
const moves = (page: Page, label: string) => page.locator('#target-list').getByRole('button', { name: new RegExp(`^${label}`) })
const said = (page: Page) => page.locator('.banner').first()

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

/** Ticks people of the list who are nobody's manager, and goes on to their preview. */
async function select(page: Page, from: number, people: number): Promise<string> {
  await page.goto('/users?status=active&sort=-created')
  const rows = page.locator('#users input[data-select-row]')
  for (let i = from; i < from + people; i++) {
    const kept = page.waitForResponse((answer) => answer.url().includes('/selections') && answer.request().method() === 'POST')
    await rows.nth(i).check()
    await kept
  }
  await button(page, new RegExp(`^Deactivate ${people}\\b`)).click()
  await expect(page).toHaveURL(/\/ops\/[0-9a-f-]{36}\/preview/, shown)
  return new URL(page.url()).pathname.replace('/preview', '')
}

/** Gives whoever stays behind another manager, where the plan asks for one. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState()
  if ((await page.locator('.op-settle').count()) === 0) return
  await page.getByLabel('New manager').fill('amara.okafor@northwind.example')
  await button(page, /^Set (for all|as their manager)/).click()
  await expect(page.locator('.op-settle')).toContainText('Amara Okafor')
}

/** From the preview to the last page before it is asked for. */
async function reasoned(page: Page): Promise<void> {
  await link(page, 'Continue: reason').click()
  await page.getByLabel(/^Reason/).fill(why)
  await page.getByLabel('Ticket').fill('INC-20418')
  await button(page, 'Continue: confirm').click()
  await expect(page).toHaveURL(/\/confirm$/)
}

test('twelve people are planned, asked for, asked about and approved', async ({ open }) => {
  const page = await open(amara)
  const at = await select(page, 0, 13)
  await expect(page.locator('.op-sentence')).toContainText('13 people lose sign-in now.')
  const list = await page.locator('.op-list .mono').textContent()
  await moves(page, 'Leave out').first().click()
  await expect(page.locator('.op-sentence')).toContainText('12 people lose sign-in now. 1 left out: 1 was left out by hand.')
  await expect(page.locator('.op-list .mono')).not.toHaveText(list ?? '')
  await settle(page)
  await holds(page)
  await reasoned(page)
  await expect(page.locator('main')).toContainText('It concerns 12 people, more than 10.')
  await holds(page)

  // The count is typed, and kept over the fresh sign-in.
  await page.getByLabel(/^Type 12/).fill('12')
  await button(page, 'Ask to deactivate 12 people').click()
  await proveAnew(page, 'Amara Okafor')
  await expect(page.getByLabel(/^Type 12/)).toHaveValue('12')
  await page.getByLabel(/^Type 12/).fill('13')
  await button(page, 'Ask to deactivate 12 people').click()
  await expect(page.getByRole('alert')).toContainText('Type 12, the number of people who lose sign-in.')
  await page.getByLabel(/^Type 12/).fill('12')
  await button(page, 'Ask to deactivate 12 people').click()
  await expect(said(page)).toContainText('Somebody else has to approve it now')
  await expect(page.locator('#why')).toHaveText('You asked for this yourself. Somebody else has to approve it.')
  await expect(link(page, 'Approve...')).toHaveCount(0)

  const second = await open(goran)
  await second.goto('/attention')
  await expect(second.locator('main')).toContainText('Amara Okafor asks to deactivate 12 people.')
  await second.goto('/approvals')
  await expect(second.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Approvals/ })).toContainText(/[1-9]/)
  await holds(second)
  await second.locator(`main a[href="${at}"]`).first().click()
  await expect(heading(second)).toHaveText('Deactivation of 12 people')
  await holds(second)
  await expect(button(second, /^Leave out/)).toHaveCount(0)
  await link(second, 'Ask a question...').click()
  await second.getByLabel(/^Question/).fill('Is the whole office meant?')
  await button(second, 'Send the question').click()
  await expect(said(second)).toContainText('Your question is sent.')

  await page.goto(at)
  await link(page, 'Answer the question').click()
  await page.getByLabel(/^Answer/).fill('Yes, all twelve of them.')
  await button(page, 'Send the answer').click()
  await expect(page.locator('.op-said')).toContainText('Yes, all twelve of them.')

  await second.goto(at)
  await link(second, 'Approve...').click()
  await holds(second)
  await second.getByLabel(/^Reason/).fill('Checked with the head of the office')
  await button(second, 'Approve: deactivate 12 people now').click()
  await proveAnew(second, 'Goran Novak')
  await expect(second.getByLabel(/^Reason/)).toHaveValue('Checked with the head of the office')
  await button(second, 'Approve: deactivate 12 people now').click()
  await expect(second).toHaveURL(new RegExp(`${at}(\\?|$)`), shown)
  await second.goto('/approvals')
  await expect(second.locator(`main a[href="${at}"]`)).toHaveCount(0)
  await second.goto(`${at}/approve`)
  await expect(second.locator('main')).toContainText('Goran Novak approved it.')
})

test('a request is rejected with a reason', async ({ open }) => {
  const page = await open(amara)
  const at = await select(page, 20, 11)
  await settle(page)
  await reasoned(page)
  await page.getByLabel(/^Type 11/).fill('11')
  await button(page, 'Ask to deactivate 11 people').click()
  await proveAnew(page, 'Amara Okafor')
  await button(page, 'Ask to deactivate 11 people').click()
  const second = await open(goran)
  await second.goto(at)
  await link(second, 'Reject...').click()
  await button(second, /^Reject DEA-/).click()
  await expect(second.getByRole('alert')).toContainText('at least 10 characters')
  await second.getByLabel(/^Reason/).fill('They move to Prague and stay')
  await button(second, /^Reject DEA-/).click()
  await expect(said(second)).toContainText('Rejected. Nobody was deactivated.')
  await page.goto(at)
  await expect(page.locator('main')).toContainText('Goran Novak rejected it: They move to Prague and stay')
  await holds(page)
  await page.goto('/ops')
  await expect(page.locator('#op-list')).toContainText('Rejected')
  await holds(page)
})

test('without a script: from a pasted list to the request', async ({ open }) => {
  const page = await open(amara, { javaScriptEnabled: false })
  await page.goto('/users?status=active&sort=-created')
  const below = await page.locator('#users .below').allTextContents()
  await page.goto('/ops/new')
  await page.locator('textarea').fill(below.slice(40, 42).join('\n'))
  await page.locator('main form').first().getByRole('button').last().click()
  await button(page, 'Continue: preview 2').click()
  await expect(page.locator('.op-sentence')).toContainText('2 people lose sign-in now.')
  await moves(page, 'Leave out').first().click()
  await expect(page.locator('.op-sentence')).toContainText('loses sign-in now. 1 left out: 1 was left out by hand.')
  await moves(page, 'Take back in').first().click()
  await settle(page)
  await reasoned(page)
  await button(page, /^(Deactivate|Ask to deactivate) 2 people/).click()
  await page.getByRole('button', { name: /^Continue to/ }).click()
  await page.getByRole('button', { name: 'Amara Okafor' }).click()
  await elevatedOrAwaited(page)
})

// Without fields the page says that the button was not pressed yet; with a field
// it is filled in again.
async function elevatedOrAwaited(page: Page): Promise<void> {
  await expect(page.locator('form.elevated')).toContainText(/Elevated until \d\d:\d\d/)
  if (await page.getByLabel(/^Type /).count()) return elevated(page)
  await expect(page.locator('main').getByRole('status').filter({ hasText: 'You signed in anew at' })).toContainText('has not been done yet')
  await button(page, /^(Deactivate|Ask to deactivate) 2 people/).click()
  await expect(page).toHaveURL(/\/ops\/[0-9a-f-]{36}\?ok=/)
}
