import { test as setup } from '@playwright/test'
import { Demo, personas } from '../support/demo'

// One demo for all tests of it; support/stop-demo.ts stops it.
setup('the demo starts, and each persona enters with one click', async ({ browser }) => {
  setup.setTimeout(180_000)
  const demo = await Demo.start()
  for (const persona of personas) await demo.keep(browser, persona)
})
