import { test, expect } from '../support/site'

// Nothing of this depends on the database, so it runs on one.
test.describe.configure({ mode: 'default' })

// The console looks at its providers every 30 seconds.
const untilLooked = { timeout: 60_000, intervals: [1000] }

test('while the provider is down the console stays up and says since when; then it works again', async ({ site, browser }) => {
  test.setTimeout(180_000)
  const { page, context } = await site.signIn(browser, 'amara')
  await site.stopProvider()

  const notice = page.locator('.banner', { hasText: 'Test provider' })
  await expect(async () => {
    await page.goto('/users')
    await expect(notice).toBeVisible({ timeout: 500 })
  }).toPass(untilLooked)
  await expect(notice).toContainText(/Since \d\d:\d\d/)
  await expect(page.locator('#users')).toContainText('Amara Example') // stored data stays
  await page.goto('/me')
  await expect(notice).toBeVisible()

  const outside = await browser.newPage({ baseURL: site.url })
  await outside.goto('/signin')
  await expect(outside.locator('main')).toContainText(/Test provider[\s\S]*Since/)
  await outside.getByRole('button', { name: 'Continue with Test provider' }).click()
  await outside.waitForLoadState()
  await expect(outside.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
  await outside.close()

  await site.startProvider()
  await expect(async () => {
    await page.goto('/users')
    await expect(notice).toHaveCount(0, { timeout: 500 })
  }).toPass(untilLooked)
  const elif = await site.signIn(browser, 'elif')
  await expect(elif.page).toHaveURL(/\/me$/)
  for (const one of [context, elif.context]) await one.close()
})

test('name, address and groups may come from the UserInfo endpoint alone', async ({ browser, openSite }) => {
  const site = await openSite({ userinfo: true })
  const { page, context } = await site.signIn(browser, 'hana')
  await expect(page).toHaveURL(/\/attention$/)
  await page.goto('/me')
  await expect(page.locator('main')).toContainText('hana@northwind.example')
  await expect(page.locator('#access')).toContainText('Helpdesk')
  await context.close()
})
