import { expect, type Page } from '@playwright/test'

/** On the page that asks for a fresh sign-in: proves to be somebody at the demo's provider, and comes back. */
export async function proveAnew(page: Page, name: string): Promise<void> {
  await signInAnew(page, name)
  await elevated(page)
}

/** The same for a button on some page: nothing was typed, so no form comes back filled in. */
export async function signInAnew(page: Page, name: string): Promise<void> {
  await asked(page)
  await page.getByRole('button', { name: /^Continue to/ }).click()
  await page.getByRole('button', { name }).click()
  await expect(page.locator('form.elevated')).toContainText(/Elevated until \d\d:\d\d/)
}

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
