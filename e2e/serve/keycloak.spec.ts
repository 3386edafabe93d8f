import { test, expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { KeycloakSite, leftOut } from '../support/keycloak'
import { openPerson } from '../support/site'
import { elevated } from '../support/stepup'

// The adapter for Keycloak with a real Keycloak and a real browser, from setting
// it up to sessions that end on both sides. The tests share one site, in order.
test.describe.configure({ mode: 'serial' })
test.skip(leftOut, 'no Keycloak is named: run it with scripts/with-keycloak')

// A shared machine may be slow, and work beside requests takes its turn.
const patience = { timeout: 180_000, intervals: [500] }
const shown = { timeout: 60_000 }

let site: KeycloakSite
let person: string // at Keycloak

test.beforeAll(async ({}, info) => {
  test.setTimeout(600_000)
  site = await KeycloakSite.start(info.project.metadata.database)
  await site.realm.addGroup('staff')
  person = await site.realm.addPerson('hana', ['staff'])
  for (const username of ['amara', 'elif']) await site.realm.addPerson(username)
})
test.beforeEach(() => test.setTimeout(480_000))
test.afterEach(async ({}, info) => {
  if (site && info.status !== info.expectedStatus) await info.attach('servers', { body: site.log() })
})
test.afterAll(() => site?.stop())

test('an admin signs in through Keycloak and sets the connector up', async ({ browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await expect(page).toHaveURL(/\/attention$/, shown)

  await page.goto('/connectors/new')
  await page.getByRole('link', { name: /Keycloak/ }).click()
  await site.proveAnew(page, 'amara')
  await elevated(page)
  for (const [label, value] of [['Address', site.realm.base], ['Realm', site.realm.name], ['Client id', 'rollcall-connector'], ['Client secret', site.realm.secret]]) {
    await page.getByRole('textbox', { name: `${label} required`, exact: true }).fill(value)
  }
  await page.locator('main summary', { hasText: 'More settings' }).click()
  await page.getByLabel('It is on this machine, by plain http').check()
  await page.getByRole('button', { name: 'Save as a draft' }).click()
  await expect(page.locator('.banner').first()).toContainText('Saved as a draft.', shown)

  await page.getByRole('button', { name: 'Test the connection' }).click()
  const checks = page.locator('#checks')
  await expect(checks).toContainText(/checks passed|checks: /, { timeout: 180_000 })
  for (const one of ['Issuer', 'Signing keys', 'Token by client credentials', 'Roles of the service account', 'No more roles than needed', 'Events', 'Read one person', 'Read a page of people']) {
    await expect(checks.locator('tr', { has: page.getByRole('rowheader', { name: one, exact: true }) })).toContainText('Passed')
  }
  await expect(checks).not.toContainText('Failed')
  expect(await page.content()).not.toContain(site.realm.secret)

  await page.getByRole('link', { name: 'Continue to mapping' }).click()
  await expect(page.locator('table.mapping').first()).toContainText('Example', shown) // real people beside the fields
  await page.getByLabel('Kind of rule 1').selectOption('group')
  await page.getByLabel('Name in rule 1').fill('/staff')
  await page.getByLabel('Role given by rule 1').selectOption('rollcall.employee')
  await page.getByRole('button', { name: 'Save and continue' }).click()
  await page.waitForURL(/\/reading/)
  await page.getByRole('checkbox', { name: /Make people of accounts/ }).check()
  await page.getByRole('button', { name: 'Save and continue' }).click()
  await page.waitForURL(/\/first/)

  await page.getByRole('button', { name: 'Start a dry run' }).click()
  const dry = page.locator('#dry-run')
  await expect(dry).toContainText('3 accounts read', { timeout: 180_000 })
  for (const [label, count] of [['Created', '2'], ['Linked', '1'], ['Unclear', '0']]) {
    await expect(dry.locator('tr', { has: page.getByRole('rowheader', { name: label, exact: true }) }).locator('td').first()).toHaveText(count)
  }
  await page.goto('/users')
  await expect(page.locator('#users')).not.toContainText('Hana Example') // it was a dry run
  await page.goBack()

  await page.getByRole('link', { name: 'Continue to enabling' }).click()
  await expect(page.locator('main')).toContainText('2 would be created, 1 linked, 0 unclear')
  await page.getByRole('button', { name: 'Enable Keycloak' }).click()
  await expect(page.locator('.banner').first()).toContainText('It is in use now.', shown)
  await expect(async () => {
    await page.goto('/users')
    for (const name of ['Hana Example', 'Elif Example']) await expect(page.locator('#users')).toContainText(name, { timeout: 1000 })
  }).toPass(patience)
  await context.close()
})

test('sessions that an admin ends in Rollcall are gone at Keycloak', async ({ browser }) => {
  const hana = await arrive(browser)
  const admin = await site.signIn(browser, 'amara')
  await openPerson(admin.page, 'hana')
  await admin.page.locator('#sessions').getByRole('link', { name: 'End all sessions' }).click()
  await expect(admin.page.locator('main')).toContainText(/ends all their sessions at Keycloak too/, shown)
  await admin.page.getByLabel(/Reason/).fill('The laptop was lost on a train')
  await admin.page.getByRole('button', { name: 'End all sessions', exact: true }).click()
  await expect(admin.page).toHaveURL(/ok=sessions-ended/, shown)
  await refused(hana.page, hana.context)
  await expect.poll(() => site.realm.sessions(person).then((list) => list.length), patience).toBe(0)
  await expect(admin.page.locator('#outcomes')).toContainText('1 session ended at Keycloak', { timeout: 180_000 })
  for (const one of [hana, admin]) await one.context.close()
})

test('a session that ends at Keycloak ends in Rollcall, on both replicas', async ({ browser }) => {
  const { page, context } = await arrive(browser)
  await site.realm.call('POST', `/users/${person}/logout`)
  expect(await site.realm.sessions(person)).toHaveLength(0)
  await refused(page, context)

  const admin = await site.signIn(browser, 'amara')
  await admin.page.goto('/audit?what=session.end&range=24h')
  const told = admin.page.locator('#events tbody tr', { hasText: 'Northwind Keycloak ended' }) // the provider itself did
  await expect(told).toHaveCount(1, shown)
  await expect(told).toContainText('Hana Example')
  for (const one of [context, admin.context]) await one.close()
})

/** Signs hana in through Keycloak: she is in on both replicas, and has a session there. */
async function arrive(browser: Browser): Promise<{ page: Page; context: BrowserContext }> {
  const hana = await site.signIn(browser, 'hana')
  await expect(hana.page).toHaveURL(/\/me$/, shown)
  for (const url of [site.url, site.replica]) expect(await status(hana.context, url)).toBe(200)
  expect(await site.realm.sessions(person)).toHaveLength(1)
  return hana
}

/** Her next click asks for a sign-in, and neither replica lets her in. */
async function refused(page: Page, context: BrowserContext): Promise<void> {
  for (const url of [site.url, site.replica]) await expect.poll(() => status(context, url), patience).toBe(303)
  await page.getByRole('link', { name: 'Sessions' }).first().click()
  await expect(page).toHaveURL(/\/signin\?return=/, shown)
}

/** What a replica answers to a request of this browser; both stand on one host, so they share its cookie. */
async function status(context: BrowserContext, url: string): Promise<number> {
  return (await context.request.get(`${url}/me`, { maxRedirects: 0 })).status()
}
