import { test, expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { fillIn, KeycloakSite, leftOut, Realm } from '../support/keycloak'
import { openPerson } from '../support/site'
import { awaited, elevated } from '../support/stepup'

// The adapter for Keycloak with a real Keycloak and a real browser, from setting
// it up to sessions that end on both sides. The tests share one site, in order.
test.describe.configure({ mode: 'serial' })
test.skip(leftOut, 'no Keycloak is named: run it with scripts/with-keycloak')

// A shared machine may be slow, and work beside requests takes its turn.
const patience = { timeout: 180_000, intervals: [500] }
const shown = { timeout: 60_000 }

let site: KeycloakSite
let person: string // at Keycloak
let second: Realm // of another company, in no configuration

test.beforeAll(async ({}, info) => {
  test.setTimeout(600_000)
  site = await KeycloakSite.start(info.project.metadata.database)
  await site.realm.addGroup('staff')
  person = await site.realm.addPerson('hana', ['staff'])
  for (const username of ['amara', 'elif']) await site.realm.addPerson(username)
  second = await Realm.open()
})
test.beforeEach(() => test.setTimeout(480_000))
test.afterEach(async ({}, info) => {
  if (site && info.status !== info.expectedStatus) await info.attach('servers', { body: site.log() })
})
test.afterAll(async () => {
  await second?.remove()
  await site?.stop()
})

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

const through = 'Continue with Fabrikam Keycloak'

test('people sign in through a connector that an admin set up, by the rule of it', async ({ browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await page.goto('/connectors/new')
  await page.getByRole('link', { name: /Keycloak/ }).click()
  await site.proveAnew(page, 'amara')
  await elevated(page)
  for (const [label, value] of [['Name', 'Fabrikam Keycloak'], ['Address', second.base], ['Realm', second.name], ['Client id', 'rollcall-connector'], ['Client secret', second.secret]]) {
    await page.getByRole('textbox', { name: `${label} required`, exact: true }).fill(value)
  }
  await expect(page.getByLabel('Client id for signing in')).toBeHidden()
  await page.getByLabel('People sign in through it').check()
  await page.getByLabel('Client id for signing in').fill('rollcall')
  await page.getByLabel('Client secret for signing in').fill(second.secret)
  await page.getByLabel('Who has a verified address of these domains').check()
  await page.getByLabel('Domains', { exact: true }).fill('fabrikam.example')
  await page.locator('main summary', { hasText: 'More settings' }).click()
  await page.getByLabel('Key', { exact: true }).fill('fabrikam')
  await page.getByLabel('Claim of groups').fill('groups')
  await page.getByLabel('It is on this machine, by plain http').check()
  await page.getByRole('button', { name: 'Save as a draft' }).click()
  await expect(page.locator('.banner').first()).toContainText('Saved as a draft.', shown)
  const connector = new URL(page.url()).pathname.split('/').slice(0, 3).join('/')

  // At Keycloak, what the page says goes in there.
  await page.goto(`${connector}/edit`)
  const paste = async (label: string) => ((await page.locator('.paste dt', { hasText: label }).locator('+ dd .mono').textContent()) ?? '').trim()
  await second.addSignIn({
    redirect: [await paste('Redirect address')], signedOut: [await paste('Address after signing out')], told: await paste('Back-channel logout address'),
  })
  await second.addService()
  await second.addGroup('partners')
  await second.addPerson('iris', ['partners'], 'fabrikam.example')
  await second.addPerson('lena', [], 'fabrikam.example')
  await second.addPerson('kim', ['partners'], 'elsewhere.example')

  const noRole = page.locator('main', { hasText: 'gets a record but no role' })
  await page.goto(`${connector}/enable`)
  await expect(noRole).toBeVisible()
  await page.goto(`${connector}/mapping`)
  await page.getByLabel('Kind of rule 1').selectOption('group')
  await page.getByLabel('Name in rule 1').fill('/partners')
  await page.getByLabel('Role given by rule 1').selectOption('rollcall.employee')
  await page.getByRole('button', { name: 'Save and continue' }).click()
  await page.waitForURL(/\/reading/)
  await expect.poll(() => offered(browser)).toEqual([false, false]) // it is a draft

  // Enabling is a button alone: asked for a fresh sign-in, one comes back to press it.
  await page.goto(`${connector}/enable`)
  await page.getByRole('button', { name: 'End now' }).click()
  await expect(noRole).toHaveCount(0)
  await expect(page.locator('main')).toContainText('People can sign in through Fabrikam Keycloak within a second, on every replica. Who has a verified address of its domains gets a record.')
  await page.getByRole('button', { name: 'Enable Fabrikam Keycloak' }).click()
  await site.proveAnew(page, 'amara')
  await awaited(page, 'Enable Fabrikam Keycloak')
  await expect.poll(() => offered(browser), patience).toEqual([false, false]) // coming back did nothing
  await page.getByRole('button', { name: 'Enable Fabrikam Keycloak' }).click()
  await expect(page.locator('.banner').first()).toContainText('It is in use now.', shown)
  await expect.poll(() => offered(browser), patience).toEqual([true, true])

  const iris = await enter(browser, 'iris')
  await expect(iris.page).toHaveURL(`${site.url}/me`, shown)
  await expect(iris.page.locator('main')).toContainText('Iris Example')
  const refusals = { kim: 'People with an e-mail address at elsewhere.example are not let in by themselves.', lena: 'but have no role in Rollcall.' }
  for (const [who, why] of Object.entries(refusals)) {
    const out = await enter(browser, who)
    await expect(out.page.locator('main')).toContainText(why, shown)
    await out.context.close()
  }
  await openPerson(page, 'iris')
  await expect(page.locator('#identities')).toContainText('Fabrikam Keycloak')
  await page.goto('/users?q=kim')
  await expect(page.locator('main')).toContainText('Nobody matches')

  // Paused: who is on the way is refused in words, who is in stays in.
  const late = await began(browser)
  const stale = await browser.newContext({ baseURL: site.url })
  const old = await stale.newPage()
  await old.goto('/signin')
  await page.goto(`${connector}/pause`)
  await expect(page.locator('main')).toContainText('Nobody can sign in through it. Who is signed in stays signed in until the session ends.')
  await page.getByLabel(/Reason/).fill('Fabrikam moves to another realm')
  await page.getByRole('button', { name: 'Pause Fabrikam Keycloak' }).click()
  await expect(page).toHaveURL(/ok=paused/, shown)
  await expect.poll(() => offered(browser), patience).toEqual([false, false])
  await old.getByRole('button', { name: through }).click()
  await closed(old)
  await fillIn(second, late.page, 'iris')
  await closed(late.page)
  expect(await status(iris.context, site.replica)).toBe(200)

  // And in use again.
  await page.goto(`${connector}/enable`)
  await page.getByLabel(/Reason/).fill('The move was put off')
  await page.getByRole('button', { name: 'Resume Fabrikam Keycloak' }).click()
  await expect(page.locator('.banner').first()).toContainText('It is in use now.', shown)
  await expect.poll(() => offered(browser), patience).toEqual([true, true])
  const again = await enter(browser, 'iris')
  await expect(again.page).toHaveURL(`${site.url}/me`, shown)
  for (const one of [context, iris.context, late.context, stale, again.context]) await one.close()
})

/** Whether each replica offers the second Keycloak to who is not signed in. */
async function offered(browser: Browser): Promise<boolean[]> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const all: boolean[] = []
  for (const url of [site.url, site.replica]) {
    await page.goto(`${url}/signin`)
    await expect(page.getByRole('button', { name: 'Continue with Northwind Keycloak' })).toBeVisible()
    all.push(await page.getByRole('button', { name: through }).isVisible())
  }
  await context.close()
  return all
}

/** Somebody on the login page of the second Keycloak. */
async function began(browser: Browser): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ baseURL: site.url })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto('/signin')
  await page.getByRole('button', { name: through }).click()
  await page.waitForURL(`${second.issuer}/**`)
  return { page, context }
}

/** Signs somebody in through the second Keycloak. */
async function enter(browser: Browser, username: string): Promise<{ page: Page; context: BrowserContext }> {
  const there = await began(browser)
  await fillIn(second, there.page, username)
  await there.page.waitForURL((at) => at.origin === site.url)
  return there
}

/** Nobody gets in through the second Keycloak, and the page says so. */
async function closed(page: Page): Promise<void> {
  await page.waitForURL((at) => at.origin === site.url)
  await expect(page.locator('main')).toContainText(/Nobody signs in this way any more: the provider was paused or removed here\./, shown)
  expect((await page.request.get(`${site.url}/me`, { maxRedirects: 0 })).status()).toBe(303)
}

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
