import { expect, type Page } from '@playwright/test'

/** On the page that asks for a fresh sign-in: proves to be somebody at the demo's provider, and comes back. */
export async function proveAnew(page: Page, name: string): Promise<void> {
  await prove(page, name)
  await elevated(page)
}

/** The same for a button without fields: the page one comes back to says that it did nothing yet, and leads to it. */
export async function signInAnew(page: Page, name: string, button: string, of = ''): Promise<void> {
  await prove(page, name)
  await awaited(page, button, of)
}

/** Back on the page of a button that was pressed and did nothing yet. */
export async function awaited(page: Page, button: string, of = ''): Promise<void> {
  await expect(page.locator('form.elevated')).toContainText(/Elevated until \d\d:\d\d/)
  const said = page.locator('main').getByRole('status').filter({ hasText: 'You signed in anew at' })
  await expect(said).toContainText(`“${button}” has not been done yet${of && ` for ${of}`}: press it now.`)
  const press = page.locator('main').getByRole('button', { name: button, exact: true })
  await expect(press).toBeFocused()
  await expect(press).toBeInViewport()
  await expect(press).toHaveAccessibleDescription(/has not been done yet/)
}

async function prove(page: Page, name: string): Promise<void> {
  await asked(page)
  await nextSecond(page)
  await page.getByRole('button', { name: /^Continue to/ }).click()
  await page.getByRole('button', { name }).click()
}

/** Providers count in seconds, and a fresh sign-in has to be later than the one the session began with. */
export const nextSecond = (page: Page): Promise<void> => page.waitForTimeout(1100)

/** The page that asks for a fresh sign-in is open. */
export async function asked(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/step-up\?for=/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This needs a fresh sign-in')
}

/** The person is back, and sensitive acts are open to them. */
export async function elevated(page: Page): Promise<void> {
  await expect(page.locator('form.elevated')).toContainText(/Elevated until \d\d:\d\d/)
  await expect(page.locator('.banner').first()).toContainText('Nothing was done yet')
}
