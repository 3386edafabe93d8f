import { pages, show } from '../support/pages'
import { breaches, misfits } from '../support/rules'
import { test, expect } from '../support/demo'

// Each kind of page, in each state, held against WCAG 2.2 AA in both themes and
// at both widths.
for (const shown of pages) {
  test(`${shown.name} is accessible and fits`, async ({ as, demo }) => {
    const { page, context } = await as(shown.who)
    expect(await show(shown, page, demo, context.request)).toBe(shown.code ?? 200)
    await expect(page.locator('h1')).toHaveCount(1)
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect.soft(await breaches(page), `axe, ${colorScheme}, ${width} px`).toEqual([])
      }
      expect.soft(await misfits(page), `size, ${width} px`).toEqual([])
    }
  })
}
