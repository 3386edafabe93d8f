import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { test, type Persona } from './support/demo'
import { pages, show } from './support/pages'
import { root } from './support/process'

// Pictures of every page for a human eye, in build/shots: npm run shots, or
// SHOTS=^users npm run shots for some of them.
const folder = path.join(root, 'build/shots')
const only = new RegExp(process.env.SHOTS ?? '.')

test.beforeAll(() => mkdirSync(folder, { recursive: true }))

for (const shown of pages.filter((one) => only.test(one.name))) {
  test(shown.name, async ({ demo, browser }) => {
    const context = await demo.context(browser, shown.who as Persona | null)
    const page = await context.newPage()
    await show(shown, page, demo, context.request)
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: width === 320 ? 640 : 900 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const file = path.join(folder, `${shown.name}-${width}-${colorScheme}.png`)
        rmSync(file, { force: true })
        await page.screenshot({ path: file, fullPage: true, animations: 'disabled' })
      }
    }
    await context.close()
  })
}
