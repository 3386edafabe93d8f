import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { Demo } from '../support/demo'
import { person } from '../support/pages'
import { freePort, Process, program } from '../support/process'
import { proveAnew, signInAnew } from '../support/stepup'
import { Watch } from '../support/watch'

// What an admin decides about sources and about two records of one human, clicked
// through as a person would. These acts change what everybody sees, so the demo is
// one of their own.
base.describe.configure({ mode: 'default' })

const shown = { timeout: 60_000 }
const why = 'Looked into it with People Operations'

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

const admin = (page: Page) => demo.enter(page, 'admin')

async function goran(page: Page): Promise<void> {
  await page.goto('/signin')
  await page.getByRole('button', { name: 'Continue with Northwind ID' }).click()
  await page.getByRole('button', { name: 'Goran Novak' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible(shown)
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const button = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name })
const link = (page: Page, name: string | RegExp) => page.locator('main').getByRole('link', { name })
const said = (page: Page) => page.locator('.banner').first()

/** The open differences in fields of people without privileged access, row by row. */
const plainRows = (page: Page) => page.locator('#drift tbody tr', { has: page.getByRole('button', { name: /^Take source/ }) })

/** Who and what a row is about, and what both sides say. */
async function facts(row: ReturnType<typeof plainRows>): Promise<{ id: string; name: string; field: string; ours: string; theirs: string; person: string }> {
  const cells = row.locator('td')
  const value = async (n: number) => ((await cells.nth(n).evaluate((cell) => [...cell.childNodes].filter((one) => !(one instanceof Element && one.matches('.cell-label'))).map((one) => one.textContent).join(''))) ?? '').trim()
  return {
    id: (await row.getAttribute('id')) ?? '',
    name: ((await row.locator('[data-row-link]').textContent()) ?? '').trim(),
    field: ((await cells.nth(1).getByRole('link').textContent()) ?? '').trim(),
    ours: await value(2), theirs: await value(3),
    person: (await row.locator('[data-row-link]').getAttribute('href')) ?? '',
  }
}

test('a difference is resolved each way: the source, ours, and not now', async ({ open }) => {
  const page = await open(admin)
  await page.goto('/sync/drift?kind=field')
  const first = await facts(plainRows(page).nth(0))
  const second = await facts(plainRows(page).nth(1))
  const third = await facts(plainRows(page).nth(2))

  // At once, in the list: the focus goes on to the next.
  const row = page.locator(`#${first.id}`)
  await row.getByRole('button', { name: /^Take source/ }).click()
  await expect(row).toContainText(`Taken from Northwind ID: ${first.field} of ${first.name}.`)
  await expect(page.locator(`#${second.id} :focus`)).toHaveCount(1)
  await page.goto(first.person)
  await expect(page.locator('main')).toContainText(first.theirs)

  // Privileged access: on a page of its own, with a reason and a fresh sign-in.
  await page.goto('/sync/drift?kind=field')
  await link(page, 'Take source Title of Elif Kaya').click()
  await expect(heading(page)).toHaveText('Take title of Elif Kaya from Northwind ID')
  await expect(page.locator('main ins')).toHaveText('Head of Accounts Payable')
  await page.getByLabel(/Reason/).fill(why)
  await button(page, 'Take the source').click()
  await proveAnew(page, 'Amara Okafor')
  await expect(page.getByLabel(/Reason/)).toHaveValue(why)
  await button(page, 'Take the source').click()
  await expect(said(page)).toContainText('The value of the source was taken.', shown)

  await page.goto('/sync/drift?kind=field')
  await page.locator(`#${second.id}`).getByRole('link', { name: /^Push ours/ }).click()
  await expect(page.locator('main ins')).toHaveText(second.ours)
  await page.getByLabel(/Reason/).fill(why)
  await button(page, 'Push ours').click()
  await expect(said(page)).toContainText('Our value is on its way to the source.', shown)
  await expect(async () => {
    await page.goto(`/sync/drift/${second.id.replace('drift-', '')}`)
    await expect(page.locator('main')).toContainText('Written and read back', { timeout: 1000 })
  }).toPass({ ...shown, intervals: [500] })

  await page.goto('/sync/drift?kind=field')
  await page.locator(`#${third.id}`).getByRole('link', { name: /^Ignore/ }).click()
  await page.getByLabel(/^Until/).fill('')
  await button(page, 'Ignore until then').click()
  await expect(page.locator('#errors')).toContainText('The day is missing')
  await page.getByLabel(/^Until/).fill(new Date(Date.now() + 20 * 864e5).toISOString().slice(0, 10))
  await page.getByLabel(/Reason/).fill(why)
  await button(page, 'Ignore until then').click()
  await expect(said(page)).toContainText('Put aside.', shown)
  await expect(page.locator(`#${third.id}`)).toHaveCount(0)
  await page.goto('/sync/drift?state=ignored')
  await expect(page.locator(`#${third.id}`)).toContainText(/Ignored until .*By Amara Okafor: Looked into it/s)

  await page.goto('/sync/drift?kind=field')
  for (const one of [first, second, third]) await expect(page.locator(`#${one.id}`)).toHaveCount(0)
  await expect(page.locator('#drift')).not.toContainText('Elif Kaya')
})

test('a stopped run asks for a fresh sign-in to go on, is cancelled, and the next is in step', async ({ open }) => {
  const page = await open(admin)
  const differing = page.locator('#drift tbody tr', { hasText: 'Keycloak' })
  await page.goto('/sync/drift')
  const before = await differing.count()
  await page.goto('/sync')
  await link(page, 'Look at it and decide').click()
  await expect(page.locator('main')).toContainText('Source returned 312 of 1,644 users. Not applied.')

  await link(page, /^Apply to [\d,]+ people/).click()
  const label = (await page.locator('label', { hasText: /^Type [\d,]+/ }).textContent()) ?? ''
  const number = label.replace(/[^\d,]/g, '')
  await page.getByLabel(/Reason/).fill(why)
  await page.getByLabel(/^Type /).fill(number)
  await button(page, /^Apply to/).click()
  await proveAnew(page, 'Amara Okafor')
  await expect(page.getByLabel(/Reason/)).toHaveValue(why)
  await expect(page.getByLabel(/^Type /)).toHaveValue(number)
  await link(page, 'Back without deciding').click()
  await expect(page.locator('#decide')).toBeVisible() // nothing was decided

  await link(page, 'Cancel this run').click()
  await button(page, 'Cancel this run').click()
  await expect(page.locator('#errors')).toContainText(/reason/i)
  await page.getByLabel(/Reason/).fill('The filter there was changed by mistake')
  await button(page, 'Cancel this run').click()
  await expect(said(page)).toContainText('Nothing was taken away.', shown)
  await expect(page.locator('#progress')).toContainText('Cancelled')
  await expect(page.locator('#decide')).toHaveCount(0)

  await page.goto('/sync')
  await expect(link(page, 'Look at it and decide')).toHaveCount(0)
  await button(page, 'Run now for Keycloak').click()
  await expect(heading(page)).toHaveText('Full read of Keycloak')
  await expect(page.locator('#progress')).toContainText('Read 1,644 accounts.', { timeout: 120_000 }) // it says so by itself
  await expect(page.locator('#progress')).toContainText('Done')
  await page.goto('/sync')
  await expect(page.locator('main')).toContainText(/In step: [\d,]+ of [\d,]+\./)
  const source = page.locator('#sources tr', { hasText: 'Keycloak' })
  await expect(source).toContainText('Reading')
  await expect(source).not.toContainText(/Stopped|decision/)
  await page.goto('/sync/drift')
  await expect(differing).toHaveCount(before) // nobody was lost
})

test('two records of one human are merged by two admins, and taken apart again', async ({ open }) => {
  const page = await open(admin)
  await page.goto('/links')
  await link(page, 'Björn Sato and Bjorn Sato').click()
  await link(page, 'Compare and merge').click()
  await button(page, 'Compare the two').click()
  await expect(heading(page)).toHaveText('Compare the two', shown)
  await settle(page)
  await expect(page.locator('#result')).toContainText('Every field is decided.')
  await button(page, 'Keep the choices and go on').click()

  await expect(heading(page)).toHaveText('Access that goes along', shown)
  await expect(page.locator('#offers')).toContainText('Widens access')
  await button(page, 'Keep the choices and go on').click()

  await expect(heading(page)).toContainText(/^Merge Bjorn Sato into Björn Sato/, shown)
  await page.getByLabel('A second admin approves').check()
  await page.getByLabel(/Reason/).fill(why)
  await button(page, 'Ask for the merge').click()
  await proveAnew(page, 'Amara Okafor')
  await expect(page.getByLabel('A second admin approves')).toBeChecked()
  await expect(page.getByLabel(/Reason/)).toHaveValue(why)
  await button(page, 'Ask for the merge').click()
  await expect(said(page)).toContainText('Nothing changes until it is proved.', shown)
  await expect(button(page, 'Approve and merge the two')).toHaveCount(0) // not by whoever asked
  const address = new URL(page.url()).pathname
  const plan = await page.locator('#plan .mono').first().textContent()

  const second = await open(goran)
  await expect(heading(second)).toHaveText('Attention')
  await link(second, /the request of Amara Okafor/).click()
  await expect(heading(second)).toHaveText('Björn Sato and Bjorn Sato')
  expect(new URL(second.url()).pathname).toBe(address)
  await expect(second.locator('#plan .mono').first()).toHaveText(plan ?? '')
  await button(second, 'Approve and merge the two').click()
  await signInAnew(second, 'Goran Novak', 'Approve and merge the two', 'Björn Sato and Bjorn Sato')
  await button(second, 'Approve and merge the two').click()
  await expect(said(second)).toContainText('Merged.', shown)
  await expect(second.locator('#not-done')).toHaveCount(0)

  const record = page.locator('#users tr', { has: page.getByRole('link', { name: 'Bjorn Sato', exact: true }) })
  await page.goto('/users?q=sato')
  await expect(record).toContainText('Removed')
  await page.goto(address)
  await link(page, 'Take the merge apart').click()
  await expect(page.locator('main')).toContainText('Bjorn Sato comes back as a record of its own')
  await page.getByLabel(/Reason/).fill('They are two after all: both were met')
  await button(page, 'Take the merge apart').click()
  await expect(said(page)).toContainText('Taken apart again.', shown) // still elevated
  await page.goto('/users?q=sato')
  await expect(record).toContainText('Active')
})

test('a merge is prepared without a script, up to its confirmation', async ({ open }) => {
  const page = await open(admin, { javaScriptEnabled: false })
  const found = async (nth: number) => (await demo.find(page.context().request, '/users?status=active&external=yes', person, nth)).replace('/users/', '')
  await page.goto(`/links/new?a=${await found(0)}&b=${await found(1)}`)
  await expect(page.locator('main [type=radio]:checked')).toHaveCount(2)
  const stays = await page.locator('#pick-a label').textContent()
  await button(page, 'Swap who stays').click()
  await expect(page.locator('#pick-b label')).toHaveText(stays ?? '')

  await button(page, 'Compare the two').click()
  await expect(heading(page)).toHaveText('Compare the two', shown)
  await button(page, 'Keep the choices and go on').click()
  await expect(page.locator('#errors')).toContainText('The choices were not kept')
  await settle(page)
  await button(page, 'Keep the choices and go on').click()
  await expect(heading(page)).toHaveText('Access that goes along', shown)
  await button(page, 'Keep the choices and go on').click()
  await expect(heading(page)).toContainText(/^Merge .* into /, shown)
  await button(page, 'Ask for the merge').click()
  await expect(page).toHaveURL(/\/step-up\?for=/)
  await link(page, 'Cancel').click()
  await expect(heading(page)).toContainText(/^Merge .* into /)
  await page.goto('/links?state=proof-asked')
  await expect(page.locator('main')).not.toContainText(stays ?? '')
})

/** Chooses the value of who stays in each field that nobody decided about, and else the other. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState() // the rows are counted as they are now
  for (const row of await page.locator('#compare tbody tr').all()) {
    const choices = row.getByRole('radio')
    if ((await choices.count()) && !(await row.locator('[type=radio]:checked').count())) await choices.first().check()
  }
}
