import { readFile } from 'node:fs/promises'
import { test, expect } from '../support/demo'
import { person } from '../support/pages'
import { proveAnew } from '../support/stepup'

// The same work in a browser without JavaScript.
const plain = { javaScriptEnabled: false }

test('sign in and out', async ({ as, demo }) => {
  const { page } = await as(null, plain)
  await demo.enter(page, 'auditor')
  await expect(page).toHaveURL(/\/audit$/)
  await page.getByRole('button', { name: 'Sign out' }).click()
  if (page.url().includes('/demo-provider/')) await page.getByRole('button', { name: /Sign out/ }).click()
  await expect(page).toHaveURL(/\/signed-out/)
  await expect(page.locator('main')).toContainText('You are signed out of Rollcall')
  await page.goto('/audit')
  await expect(page).toHaveURL(/\/signin/)
})

test('search, filter, sort, count and page', async ({ as }) => {
  const { page } = await as('helpdesk', plain)
  await page.goto('/users')
  await page.getByLabel('Search people').fill('amara okafor')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/q=amara/)
  await expect(page.locator('#users [data-row-link]').first()).toHaveText('Amara Okafor')

  await page.goto('/users')
  await page.locator('#filters summary').click()
  await page.getByRole('checkbox', { name: 'Deactivated' }).check()
  await page.getByRole('button', { name: 'Apply filters' }).click()
  await expect(page).toHaveURL(/status=deactivated/)
  await expect(page.locator('#users tbody tr').first()).toContainText('Deactivated')
  const first = await page.locator('#users [data-row-link]').first().textContent()
  await page.locator('#page-next').click()
  await expect(page.locator('#users [data-row-link]').first()).not.toHaveText(first ?? '')
  await page.locator('#page-previous').click()
  await expect(page.locator('#users [data-row-link]').first()).toHaveText(first ?? '')
  await page.locator('#users').getByRole('link', { name: /^User/ }).click()
  await expect(page).toHaveURL(/sort=-name/)
  await page.getByRole('link', { name: 'Count the matches' }).click()
  await expect(page.locator('main')).toContainText(/\d+ people|more than/i)
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await expect(page).toHaveURL(/status=deactivated/)
})

test('open a person and end their sessions', async ({ as }) => {
  const sofia = await as(null)
  await sofia.page.goto('/signin')
  await sofia.page.getByRole('button', { name: 'Continue with Northwind ID' }).click()
  await sofia.page.getByRole('button', { name: /Sofia Marchetti/ }).click()
  await expect(sofia.page).toHaveURL(/\/me$/)

  const { page } = await as('helpdesk', plain)
  await page.goto('/users?q=sofia.marchetti')
  await page.locator('#users [data-row-link]').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sofia Marchetti')
  await page.getByRole('link', { name: 'End sessions', exact: true }).click()
  await page.getByRole('button', { name: /^End (all|\d+) session/ }).click()
  await expect(page.locator('#errors')).toContainText(/reason/i)
  await page.getByLabel(/Reason/).fill('Asked for by Sofia on the telephone')
  await page.getByRole('button', { name: /^End (all|\d+) session/ }).click()
  await expect(page.locator('#sessions')).toContainText('Not signed in to Rollcall now')

  await sofia.page.goto('/me')
  await expect(sofia.page).toHaveURL(/\/signin/)
})

test('ask whether somebody can sign in, and what may be done about it', async ({ as, demo }) => {
  const { page, context } = await as('helpdesk', plain)
  await page.goto(await demo.find(context.request, '/users?status=deactivated', person, 0))
  await expect(page.locator('#signin')).toContainText('No. Deactivated in Rollcall')
  await page.locator('#signin-again').click()
  await expect(page).toHaveURL(/\/signin$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Can .+ sign in\?$/)
  await expect(page.locator('main')).toContainText('You may not reactivate: it needs the permission users.deactivate. Ask an admin.')
  await expect(page.getByRole('link', { name: 'Reactivate' })).toHaveCount(0)
})

test('edit a person, give a role, remove it', async ({ as, demo }) => {
  const { page, context } = await as('admin', plain)
  const who = await demo.find(context.request, '/users?status=active', person, 31)
  await page.goto(who)
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''

  await page.getByRole('link', { name: 'Give a role' }).click()
  await page.getByRole('searchbox', { name: 'Search roles' }).fill('wiki')
  await page.getByRole('button', { name: 'Search roles' }).click()
  await page.getByRole('radio', { name: /Wiki editor/ }).check()
  await page.getByRole('button', { name: `Give role to ${name}` }).click()
  await expect(page.locator('#errors')).toContainText(/reason/i)
  await expect(page.getByRole('radio', { name: /Wiki editor/ })).toBeChecked()
  await page.getByLabel(/Reason/).fill('Writes the handbook of the team')
  await page.getByRole('button', { name: `Give role to ${name}` }).click()
  await expect(page.locator('#access')).toContainText('Writes the handbook of the team')

  await page.locator('#access tr', { hasText: 'Writes the handbook' }).getByRole('link', { name: 'Remove Wiki editor' }).click()
  await page.getByLabel(/Reason/).fill('The handbook is written')
  await page.getByRole('button', { name: `Remove Wiki editor from ${name}` }).click()
  await expect(page.locator('#access')).not.toContainText('Writes the handbook')
})

test('create a person, edit them, deactivate and reactivate after a fresh sign-in', async ({ as, demo }) => {
  const { page } = await as(null, plain) // a session of its own: the fresh sign-in renews it
  await demo.enter(page, 'admin')
  await page.goto('/users/new')
  await page.getByLabel(/^Name/).fill('Ottilie Birnbaum')
  await page.getByLabel(/^Email/).fill('ottilie.birnbaum@northwind.example')
  await page.getByLabel(/Reason/).fill('Starts on Monday in the warehouse')
  await page.locator('main').getByRole('button', { name: /Create|Invite/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ottilie Birnbaum')

  await page.getByRole('link', { name: /^Edit/ }).click()
  await page.getByLabel(/^Title/).fill('Picker')
  await page.getByLabel(/Reason/).fill('The contract says so')
  await page.getByRole('button', { name: /^Save/ }).click()
  await expect(page.locator('#overview')).toContainText('Picker')

  await page.getByRole('link', { name: /^Deactivate/ }).click()
  await page.getByLabel(/Reason/).fill('Did not come on Monday')
  await page.getByRole('button', { name: /^Deactivate/ }).click()
  await proveAnew(page, 'Amara Okafor')
  await expect(page.getByLabel(/Reason/)).toHaveValue('Did not come on Monday')
  await page.getByRole('button', { name: /^Deactivate/ }).click()
  await expect(page.locator('main')).toContainText('Deactivated')
  await page.getByRole('link', { name: /^Reactivate/ }).first().click()
  await page.getByLabel(/Reason/).fill('Came on Tuesday after all')
  await page.getByRole('button', { name: /^Reactivate/ }).click()
  await expect(page.locator('main .person-line').first()).toContainText('Active')

  await page.goto('/audit?q=Tuesday')
  await expect(page.locator('#events')).toContainText('Came on Tuesday after all')
})

test('search the audit log', async ({ as }) => {
  const { page } = await as('auditor', plain)
  await page.goto('/audit')
  await page.getByLabel('Time', { exact: true }).selectOption({ label: 'Last 90 days' })
  await page.getByLabel('Whom it concerns').fill('amara.okafor@northwind.example')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await expect(page).toHaveURL(/whom=/)
  await expect(page.locator('#events tbody tr').first()).toBeVisible()
  const row = page.locator('#events [data-row-link]').first()
  const number = (await row.textContent()) ?? ''
  await row.click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number)
  await expect(page.locator('main')).toContainText('Who acted')
})

test('define an attribute, change it, remove it', async ({ as }) => {
  const { page } = await as('admin', plain)
  await page.goto('/attributes')
  await page.getByRole('link', { name: /Define|New/ }).first().click()
  await page.getByLabel(/^Key/).fill('shoe_size')
  await page.getByLabel(/^Label|^Name/).fill('Shoe size')
  await page.getByRole('button', { name: 'Save attribute' }).click()
  await expect(page.locator('#attributes')).toContainText('Shoe size')
  await page.locator('#attributes tr', { hasText: 'shoe_size' }).getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel(/^Label|^Name/).fill('Size of safety shoes')
  await page.getByRole('button', { name: 'Save attribute' }).click()
  await expect(page.locator('#attributes')).toContainText('Size of safety shoes')
  await page.locator('#attributes tr', { hasText: 'shoe_size' }).getByRole('link', { name: 'Remove' }).click()
  await page.locator('main').getByRole('button', { name: /Remove/ }).click()
  await expect(page.locator('#attributes')).not.toContainText('shoe_size')
})

for (const [what, path] of [['people', '/users/export?status=suspended'], ['events', '/audit/export?range=7d']]) {
  test(`export ${what} with a line that says it is complete`, async ({ as }) => {
    const { page } = await as('auditor', plain)
    await page.goto(path)
    const button = page.locator('main').getByRole('button', { name: /^Export/ })
    await button.click()
    await expect(page.locator('#errors')).toContainText(/reason/i)
    await page.getByLabel(/Reason/).fill('The yearly look at leavers')
    const promised = Number((await button.textContent())?.replace(/\D/g, ''))
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split(/\r?\n/)
    expect(download.suggestedFilename()).toMatch(/\.csv$/)
    expect(lines.at(-1)).toMatch(/complete/)
    expect(promised).toBeGreaterThan(0)
    expect(lines.length - 2).toBeGreaterThanOrEqual(promised)
  })
}
