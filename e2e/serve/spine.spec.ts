import { test, expect, addRole, openPerson, proveAnew } from '../support/site'
import { asked, elevated } from '../support/stepup'

// The main job, end to end, on each database: two replicas of the console beside
// a provider that is not ours. The tests of this file share one site, in order.
test.describe.configure({ mode: 'default' })

test('the first admin signs in and administers', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await expect(page).toHaveURL(/\/attention$/)
  await page.goto('/me')
  await expect(page.locator('#access')).toContainText('Admin')
  await expect(page.locator('#access')).toContainText(/first admin/i)
  await page.goto('/users')
  await expect(page.locator('#users')).toContainText('Amara Example')
  await context.close()
})

test('the door for a first admin is closed behind them', async ({ site, browser }) => {
  const amara = await site.signIn(browser, 'amara')
  await amara.context.close()
  const page = await browser.newPage({ baseURL: site.url })
  await page.goto('/signin')
  await expect(page.locator('main')).not.toContainText('Nobody administers this installation yet')
  await page.close()
})

test('somebody outside of the rule is refused with one cause and one next step', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'guest-nobody')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
  await expect(page.locator('main')).toContainText(/Reference [0-9A-Z]{4}-/)
  await page.goto('/users')
  await expect(page).toHaveURL(/\/signin\?return=/)
  await context.close()

  const admin = await site.signIn(browser, 'amara')
  await admin.page.goto('/users?q=guest-nobody')
  await expect(admin.page.locator('main')).not.toContainText('Guest-nobody Example')
  await admin.page.goto('/audit?what=signin.refused')
  await expect(admin.page.locator('#events')).toContainText('Refused')
  await admin.context.close()
})

test('created by rule, given a role by claim, deactivated on one replica, refused by the other', async ({ site, browser }) => {
  const admin = await site.signIn(browser, 'amara')
  const hana = await site.signIn(browser, 'hana', site.replica)
  await expect(hana.page).toHaveURL(/\/attention$/) // helpdesk, by the claim groups=rollcall-helpdesk

  await openPerson(admin.page, 'hana')
  await expect(admin.page.getByRole('heading', { level: 1 })).toHaveText('Hana Example')
  await expect(admin.page.locator('main')).toContainText('hana@northwind.example')
  await expect(admin.page.locator('#access')).toContainText('Helpdesk')
  await expect(admin.page.locator('#access')).toContainText('rollcall-helpdesk')
  await expect(admin.page.locator('#identities')).toContainText('Test provider')
  await expect(admin.page.locator('#sessions tbody tr')).toHaveCount(1)

  await hana.page.goto('/users') // live until the last moment ...
  await expect(hana.page.getByRole('heading', { level: 1 })).toHaveText('Users')

  await admin.page.getByRole('link', { name: 'Deactivate' }).click()
  const confirm = admin.page.getByRole('button', { name: 'Deactivate Hana Example' })
  await expect(admin.page.locator('main')).toContainText('Ends 1 session in Rollcall now')
  await admin.page.getByLabel(/Reason/).fill('Left')
  await confirm.click()
  await proveAnew(admin.page, 'amara')
  await elevated(admin.page)
  await expect(admin.page.getByLabel(/Reason/)).toHaveValue('Left')
  await expect(admin.page.locator('#errors')).toContainText(/reason/i) // too short, and nothing is done
  await hana.page.reload()
  await expect(hana.page.getByRole('heading', { level: 1 })).toHaveText('Users')
  await admin.page.getByLabel(/Reason/).fill('Left the company on Friday')
  await confirm.click()
  await expect(admin.page.locator('.person-line').first()).toContainText('Deactivated')

  await hana.page.getByRole('link', { name: 'Roles', exact: true }).click() // ... and out with the next click
  await expect(hana.page).toHaveURL(/\/signin/)
  const again = await site.signIn(browser, 'hana', site.replica)
  await expect(again.page.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
  await expect(again.page.locator('main')).toContainText(/deactivated/i)

  await admin.page.goto('/audit')
  const event = admin.page.locator('#events tbody tr', { hasText: 'Amara Example deactivated Hana Example' })
  await expect(event).toContainText('Left the company on Friday')
  await event.locator('[data-row-link]').click()
  await expect(admin.page.getByRole('heading', { name: /^Event #/ })).toBeVisible()
  await expect(admin.page.locator('#events .diff')).toContainText(/Active[\s\S]*Deactivated/)
  for (const one of [admin, hana, again]) await one.context.close()
})

test('a permission given and taken on one replica is so on the other within a second', async ({ site, browser }) => {
  const admin = await site.signIn(browser, 'amara')
  const elif = await site.signIn(browser, 'elif', site.replica)
  await expect(elif.page).toHaveURL(/\/me$/)
  expect((await elif.page.goto('/users'))?.status()).toBe(403)
  await expect(elif.page.locator('main')).toContainText('users.read')
  const code = async () => (await elif.context.request.get('/users', { maxRedirects: 0 })).status()

  await openPerson(admin.page, 'elif')
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await addRole(admin.page, 'Auditor', 'Covers the audit in December', tomorrow)
  await expect(admin.page.locator('#access tr', { hasText: 'Covers the audit in December' })).toContainText('23:59')
  expect(await code(), 'on the other replica, by the next request').toBe(200)
  await elif.page.goto('/users')
  await expect(elif.page.getByRole('heading', { level: 1 })).toHaveText('Users')

  await admin.page.locator('#access').getByRole('link', { name: 'Remove Auditor' }).click()
  await admin.page.getByRole('button', { name: 'Remove Auditor from Elif Example' }).click()
  await expect(admin.page.locator('#errors')).toContainText(/reason/i)
  await admin.page.getByLabel(/Reason/).fill('The audit is over')
  await admin.page.getByRole('button', { name: 'Remove Auditor from Elif Example' }).click()
  await expect(admin.page.locator('main')).toContainText('Role removed.')
  expect(await code(), 'on the other replica, by the next request').toBe(403)

  await admin.page.goto('/audit')
  for (const sentence of ['Covers the audit in December', 'The audit is over']) await expect(admin.page.locator('#events')).toContainText(sentence)
  for (const one of [admin, elif]) await one.context.close()
})

test('a fresh sign-in as somebody else is refused and changes nothing; one that is closed is asked for again', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await openPerson(page, 'elif')
  await page.getByRole('link', { name: 'Deactivate' }).click()
  await page.getByLabel(/Reason/).fill('Never came back from leave')
  await page.getByRole('button', { name: 'Deactivate Elif Example' }).click()
  await proveAnew(page, 'goran')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You did not sign in anew')
  await expect(page.locator('main')).toContainText('Somebody else signed in at Test provider')
  await page.getByRole('button', { name: 'Start again' }).click()
  await page.locator('input[name=login]').fill('amara')
  await page.locator('input[name=password]').fill('anything')
  await page.locator('[type=submit]').click()
  await page.getByRole('button', { name: 'Continue', exact: true }).click() // the provider forgot what goran's visit replaced
  await elevated(page)
  await expect(page.getByLabel(/Reason/)).toHaveValue('Never came back from leave')

  await page.getByRole('button', { name: 'End now' }).click()
  await expect(page.locator('form.elevated')).toHaveCount(0)
  await page.getByLabel(/Reason/).fill('Never came back from leave')
  await page.getByRole('button', { name: 'Deactivate Elif Example' }).click()
  await asked(page)
  await page.getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Deactivate Elif Example')
  await openPerson(page, 'elif')
  await expect(page.locator('.person-line').first()).toContainText('Active')

  await page.goto('/audit?range=24h')
  for (const words of ['A fresh sign-in of Amara Example for a sensitive act was refused', 'signed in anew at the provider', 'closed sensitive acts']) {
    await expect(page.locator('#events')).toContainText(words)
  }
  await context.close()
})

test('an edit that comes too late loses nothing, on either replica', async ({ site, browser }) => {
  const first = await site.signIn(browser, 'amara')
  const second = await site.signIn(browser, 'amara', site.replica)
  await first.page.goto('/users/new')
  await first.page.getByLabel(/^Name/).fill('Jonas Weber')
  await first.page.getByLabel(/^Email/).fill('jonas.weber@northwind.example')
  await first.page.getByLabel(/Reason/).fill('Starts in December')
  await first.page.locator('main').getByRole('button', { name: /Create|Invite/ }).click()
  await expect(first.page.getByRole('heading', { level: 1 })).toHaveText('Jonas Weber')
  const person = new URL(first.page.url()).pathname

  await first.page.goto(`${person}/edit`)
  await second.page.goto(`${person}/edit`)
  await first.page.getByLabel(/^Title/).fill('Controller')
  await first.page.getByRole('button', { name: /^Save/ }).click()
  await expect(first.page.locator('#overview')).toContainText('Controller')

  await second.page.getByLabel(/^Title/).fill('Head of control')
  await second.page.getByLabel(/^Phone/).fill('+49 30 5550123')
  const late = second.page.waitForResponse((response) => response.request().method() === 'POST')
  await second.page.getByRole('button', { name: /^Save/ }).click()
  expect((await late).status()).toBe(409)
  await expect(second.page.locator('#versions')).toContainText('Controller')
  await expect(second.page.locator('#versions')).toContainText('Head of control')
  await expect(second.page.locator('main')).toContainText('Amara Example')
  await expect(second.page.getByLabel(/^Phone/)).toHaveValue('+49 30 5550123')
  await second.page.getByLabel(/^Title/).fill('Head of control')
  await second.page.getByRole('button', { name: /^Save/ }).click()
  await expect(second.page.locator('#overview')).toContainText('Head of control')
  await expect(second.page.locator('#overview')).toContainText('+49 30 5550123')
  for (const one of [first, second]) await one.context.close()
})

test('signing out ends the visit here and at the provider', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${site.issuer}/**`)
  await page.locator('button[value=yes], [name=logout]').first().click()
  await expect(page).toHaveURL(/\/signed-out/)
  await expect(page.locator('main')).toContainText('You are signed out of Rollcall')
  await page.goto('/users')
  await expect(page).toHaveURL(/\/signin/)

  await page.getByRole('button', { name: 'Continue with Test provider' }).click()
  await expect(page.locator('input[name=login]')).toBeVisible() // the provider has forgotten them too
  await context.close()
})
