import { test, expect } from '../support/site'

// The main job, end to end, on each database, with a provider that is not ours.
test.describe.configure({ mode: 'serial' })

test('the first admin signs in, once and for good', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await expect(page).toHaveURL(/\/attention$/)
  await page.goto('/me')
  await expect(page.getByRole('link', { name: 'Admin', exact: true }).or(page.getByText('Admin', { exact: true })).first()).toBeVisible()
  await context.close()
})

test('somebody outside of the rule is refused with one cause and one next step', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'guest-nobody')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
  await expect(page.getByText(/Reference/)).toBeVisible()
  await context.close()
})

test('a person is created by rule, gets a role by claim, and is refused after a deactivation on the other replica', async ({ site, browser }) => {
  const admin = await site.signIn(browser, 'amara')
  const hana = await site.signIn(browser, 'hana', site.replica)
  await expect(hana.page).toHaveURL(/\/attention$/) // helpdesk, by the claim groups=rollcall-helpdesk

  await admin.page.goto('/users?q=hana')
  await admin.page.getByRole('link', { name: 'Hana Example' }).first().click()
  await expect(admin.page.getByRole('heading', { level: 1 })).toHaveText('Hana Example')
  await expect(admin.page.getByText('hana@northwind.example').first()).toBeVisible()
  await expect(admin.page.locator('#access')).toContainText('Helpdesk')

  // Live until the last moment ...
  await hana.page.goto('/users')
  await expect(hana.page.getByRole('heading', { level: 1 })).toHaveText('Users')

  await admin.page.locator('a', { hasText: 'Deactivate' }).last().click()
  await admin.page.getByRole('button', { name: /Deactivate/ }).click()
  await expect(admin.page.getByText('at least 10 characters').first()).toBeVisible() // no reason, nothing done
  await admin.page.getByLabel(/Reason/).fill('Left the company on Friday')
  await admin.page.getByRole('button', { name: /Deactivate/ }).click()
  await expect(admin.page.getByText('Deactivated').first()).toBeVisible()

  // ... and out with the next click, on the other replica.
  await hana.page.goto('/users')
  await expect(hana.page).toHaveURL(/\/signin/)
  const again = await site.signIn(browser, 'hana', site.replica)
  await expect(again.page.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
  await expect(again.page.getByText(/deactivated/i).first()).toBeVisible()

  await admin.page.goto('/audit')
  await expect(admin.page.getByText(/deactivated/).first()).toBeVisible()
  await expect(admin.page.getByText('Left the company on Friday').first()).toBeVisible()
  for (const one of [admin, hana, again]) await one.context.close()
})

test('a permission taken on one replica is gone on the other', async ({ site, browser }) => {
  const admin = await site.signIn(browser, 'amara')
  const elif = await site.signIn(browser, 'elif', site.replica)
  await elif.page.goto('/users')
  await expect(elif.page.getByRole('heading', { level: 1 })).toHaveText('You may not do this')

  await admin.page.goto('/users?q=elif')
  await admin.page.getByRole('link', { name: 'Elif Example' }).first().click()
  await admin.page.getByRole('link', { name: /Give a role/ }).click()
  await admin.page.goto(new URL(admin.page.url()).pathname + '?role=rollcall.auditor')
  await admin.page.getByLabel(/Reason/).fill('Covers the audit in December')
  await admin.page.getByRole('button', { name: /Give/ }).click()
  await expect(admin.page.locator('#access')).toContainText('Auditor')

  await elif.page.goto('/users')
  await expect(elif.page.getByRole('heading', { level: 1 })).toHaveText('Users')

  await admin.page.locator('#access').getByRole('link', { name: /Remove/ }).first().click()
  await admin.page.getByLabel(/Reason/).fill('The audit is over')
  await admin.page.getByRole('button', { name: /Remove/ }).click()
  await expect(admin.page.getByText('Role removed.').first()).toBeVisible()

  await elif.page.goto('/users')
  await expect(elif.page.getByRole('heading', { level: 1 })).toHaveText('You may not do this')
  for (const one of [admin, elif]) await one.context.close()
})

test('an edit that comes too late loses nothing', async ({ site, browser }) => {
  const amara = await site.signIn(browser, 'amara')
  await amara.page.goto('/users/new')
  await amara.page.getByLabel('Name', { exact: false }).first().fill('Jonas Weber')
  await amara.page.getByLabel(/Email/).first().fill('jonas.weber@northwind.example')
  await amara.page.locator('main form button[type=submit], main form button:not([type])').last().click()
  await expect(amara.page.getByRole('heading', { level: 1 })).toHaveText('Jonas Weber')
  const person = new URL(amara.page.url()).pathname
  const second = await amara.context.newPage()
  await amara.page.goto(person + '/edit')
  await second.goto(person + '/edit')
  await amara.page.getByLabel('Title', { exact: false }).first().fill('Controller')
  await amara.page.getByRole('button', { name: /Save/ }).click()
  await expect(amara.page.getByText('Saved.').first()).toBeVisible()
  await second.getByLabel('Title', { exact: false }).first().fill('Head of control')
  await second.getByRole('button', { name: /Save/ }).click()
  await expect(second.getByText('Controller').first()).toBeVisible()
  await expect(second.getByLabel('Title', { exact: false }).first()).toHaveValue('Head of control')
  await second.getByRole('button', { name: /Save/ }).click()
  await expect(second.getByText('Head of control').first()).toBeVisible()
  await amara.context.close()
})

test('signing out ends the visit here and leads through the provider', async ({ site, browser }) => {
  const { page, context } = await site.signIn(browser, 'amara')
  await page.getByRole('button', { name: /Sign out/ }).first().click()
  await page.waitForLoadState()
  if (page.url().startsWith(site.issuer)) await page.locator('button[value=yes], [name=logout]').first().click()
  await page.waitForURL(/\/signed-out/)
  await expect(page.getByText(/signed out of Rollcall/).first()).toBeVisible()
  await page.goto('/users')
  await expect(page).toHaveURL(/\/signin/)
  await context.close()
})
