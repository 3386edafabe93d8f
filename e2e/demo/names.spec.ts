import { test, expect } from '../support/demo'

// What people type as a name is shown as a name: never run, never able to turn
// the words around it.
test('markup in a name is text, everywhere it stands', async ({ as }) => {
  const { page } = await as('admin')
  const name = `<img src=x onerror=alert(1)> O'Hara "Zed" & Co`
  page.on('dialog', (dialog) => {
    throw new Error(`the name was run: ${dialog.message()}`)
  })
  await page.goto('/users/new')
  await page.getByLabel(/^Name/).fill(name)
  await page.getByLabel(/^Email/).fill('ohara.zed@northwind.example')
  await page.getByLabel(/Reason/).fill('Shows what names may hold')
  await page.locator('main').getByRole('button', { name: /Create|Invite/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  await expect(page).toHaveTitle(`${name} - Northwind Group - Rollcall`)
  await page.goto('/users?q=ohara.zed')
  await expect(page.locator('#users [data-row-link]')).toHaveText(name)
  await page.goto('/audit?q=ohara')
  await expect(page.locator('main img')).toHaveCount(0)
})

test('marks that turn the direction of words do not survive', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users/new')
  await page.getByLabel(/^Name/).fill('Ann\u202egpj.exe')
  await page.getByLabel(/^Email/).fill('ann.turned@northwind.example')
  await page.locator('main').getByRole('button', { name: /Create|Invite/ }).click()
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Anngpj.exe')
})

for (const [what, name] of [['a control character', 'Nul\u0001Person'], ['too many characters', 'x'.repeat(2000)]]) {
  test(`a name with ${what} is refused, and nothing that was typed is lost`, async ({ as }) => {
    const { page } = await as('admin', { javaScriptEnabled: false })
    await page.goto('/users/new')
    await page.getByLabel(/^Name/).fill(name)
    await page.getByLabel(/^Title/).fill('Kept as it is')
    const answer = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.locator('main').getByRole('button', { name: /Create|Invite/ }).click()
    expect((await answer).status()).toBe(422)
    await expect(page.locator('#errors')).toContainText(/name/i)
    await expect(page.getByLabel(/^Title/)).toHaveValue('Kept as it is')
  })
}
