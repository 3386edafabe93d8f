import { gzipSync } from 'node:zlib'
import { test, expect } from '../support/demo'
import { person, settled } from '../support/pages'

// Weight and calm of the pages that are opened most, in a browser without a cache.
for (const path of ['/users', '/attention', '/audit', '/roles', '/roles/matrix?app=ledger-prod', 'a person']) {
  test(`${path} is light and does not jump`, async ({ as, demo }) => {
    const { page, context, watch } = await as('admin')
    const address = path.startsWith('/') ? path : await demo.find(context.request, '/users?status=active&sort=-signin', person, 2)
    const weights: Promise<number>[] = []
    page.on('requestfinished', (request) => weights.push(request.sizes().then((all) => all.responseBodySize)))
    const answer = await page.goto(address)
    await settled(page)

    expect(watch.requests.length, watch.requests.join('\n')).toBeLessThanOrEqual(8)
    expect(gzipSync((await answer?.body()) ?? '').length).toBeLessThanOrEqual(15 * 1024)
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThanOrEqual(1500)
    expect((await Promise.all(weights)).reduce((sum, one) => sum + one, 0), 'bytes of a first visit').toBeLessThanOrEqual(120 * 1024)
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0
          const seen = new PerformanceObserver((list) => list.getEntries().forEach((one) => (sum += (one as unknown as { value: number }).value)))
          seen.observe({ type: 'layout-shift', buffered: true })
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
        }),
    )
    expect(shift, 'how far things moved by themselves').toBeLessThan(0.02)
  })
}

test('Back restores the filter, as a whole document', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users')
  await page.getByLabel('Search people').fill('amara')
  await expect(page).toHaveURL(/q=amara/)
  const first = page.locator('#users [data-row-link]').first()
  await expect(first).toContainText('Amara')
  const names = await page.locator('#users [data-row-link]').allTextContents()
  await first.click()
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/)

  await page.goBack()
  await expect(page).toHaveURL(/q=amara/)
  await expect(page.getByLabel('Search people')).toHaveValue('amara')
  expect(await page.locator('#users [data-row-link]').allTextContents()).toEqual(names)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
})

test('Back after a page of the list asks for the whole document, and shows it', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users?status=active')
  const names = await page.locator('#users [data-row-link]').allTextContents()
  await page.locator('#page-next').click()
  await expect(page).toHaveURL(/after=/)
  await expect(page.locator('#users [data-row-link]').first()).not.toHaveText(names[0])

  const restored = page.waitForResponse((response) => response.url().endsWith('/users?status=active'))
  await page.goBack()
  const answer = await restored
  expect(await answer.text()).toMatch(/^<!doctype html><html/i)
  await expect(page.locator('#users [data-row-link]').first()).toHaveText(names[0])
  expect(await page.locator('#users [data-row-link]').allTextContents()).toEqual(names)
  await expect(page.getByRole('navigation', { name: 'Main' })).toHaveCount(1)
})

test('the browser keeps nothing about people', async ({ as, demo }) => {
  const { page } = await as('admin')
  await page.goto('/users?q=amara')
  await page.locator('#users [data-row-link]').first().click()
  await page.goBack()
  await page.locator('#users .sort').first().click()
  await expect(page).toHaveURL(/sort=/)
  const kept = await page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).length,
  }))
  expect(JSON.stringify(kept)).not.toMatch(/amara|okafor|@|[0-9a-f]{8}-[0-9a-f]{4}/i)
  expect(kept.local).toEqual([])
  expect(kept.caches).toEqual([])
  expect(kept.databases).toBe(0)
  const cookies = await page.context().cookies(demo.url)
  expect(cookies.filter((one) => /session|id/.test(one.name)).every((one) => one.httpOnly)).toBe(true)
})

test('the theme that was chosen is drawn by the server', async ({ as }) => {
  const { page } = await as('employee', { colorScheme: 'light' })
  await page.goto('/me')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByText('Appearance and keys').click()
  await page.getByLabel('Theme').selectOption('dark')
  await expect(page.locator('#status')).toHaveText('Saved.')
  expect(await ground()).not.toBe(light)
  await page.goto('/me/sessions')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  expect(await ground()).not.toBe(light)
})
