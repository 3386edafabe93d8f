import { expect, type Locator, type Page } from '@playwright/test'

/** Presses Tab until something has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(wanted).toBeVisible()
  for (let i = 0; i < 200; i++) {
    if (await wanted.evaluate((e) => e === document.activeElement)) {
      expect(await showsFocus(wanted), `the focus on ${await describe(wanted)} can be seen`).toBe(true)
      return
    }
    await page.keyboard.press(key)
  }
  throw new Error(`${key} did not reach ${wanted}; the focus is on ${await describe(page.locator(':focus'))}`)
}

const describe = (where: Locator) => where.evaluate((e) => e.outerHTML.slice(0, 100)).catch(() => 'nothing')

const showsFocus = (where: Locator) =>
  where.evaluate((e) => {
    const style = getComputedStyle(e)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none'
  })

/** Goes to a control and presses Enter. */
export async function enter(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await tabTo(page, wanted, key)
  await page.keyboard.press('Enter')
}

/** Goes to a field and types into it. */
export async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}

/** Whatever was swapped, the focus must be on something. */
export async function hasFocus(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), { message: 'the focus is not on the body' }).not.toBe('BODY')
}
