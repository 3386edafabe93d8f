import { test as base, expect, type APIRequestContext, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { answers, freePort, program, root, startDetached } from './process'
import { Watch } from './watch'

export const personas = ['admin', 'helpdesk', 'manager', 'auditor', 'employee'] as const
export type Persona = (typeof personas)[number]

const folder = path.join(root, 'build/e2e/demo')
const stateOf = (persona: Persona) => path.join(folder, `${persona}.json`)

/** The one demo that all workers share, and who has signed in to it. */
export class Demo {
  private found = new Map<string, string>()

  // The pid is that of a demo which start has started.
  constructor(readonly url: string, private pid?: number) {}

  /** The demo that demo/server.setup.ts has started. */
  static running(): Demo {
    const { url, pid } = JSON.parse(readFileSync(path.join(folder, 'server.json'), 'utf8'))
    return new Demo(url, pid)
  }

  static async start(): Promise<Demo> {
    mkdirSync(folder, { recursive: true })
    const listen = `127.0.0.1:${await freePort()}`
    const pid = startDetached(program, ['demo', '--listen', listen], path.join(folder, 'server.log'))
    const demo = new Demo(`http://${listen}`, pid)
    writeFileSync(path.join(folder, 'server.json'), JSON.stringify({ url: demo.url, pid }))
    await answers(`${demo.url}/readyz`, 120)
    return demo
  }

  stop(): void {
    if (!this.pid) return
    try {
      process.kill(this.pid, 'SIGTERM')
    } catch {
      // It has ended already.
    }
    rmSync(path.join(folder, 'server.json'))
  }

  log(): string {
    return readFileSync(path.join(folder, 'server.log'), 'utf8')
  }

  /** Presses the persona's button on the sign-in page. */
  async enter(page: Page, persona: Persona): Promise<void> {
    await page.goto(`${this.url}/signin`)
    await page.getByRole('button', { name: `Enter as ${persona}` }).click()
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  }

  /** Keeps a signed-in browser of a persona, for context. */
  async keep(browser: Browser, persona: Persona): Promise<void> {
    const context = await browser.newContext()
    await this.enter(await context.newPage(), persona)
    await context.storageState({ path: stateOf(persona) })
    await context.close()
  }

  /** A browser in which the persona is signed in already. */
  context(browser: Browser, persona: Persona | null, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return browser.newContext({ baseURL: this.url, storageState: persona ? stateOf(persona) : undefined, ...options })
  }

  /** The nth address like pattern that a page links to. */
  async find(request: APIRequestContext, list: string, pattern: RegExp, nth = 0): Promise<string> {
    const key = `${list} ${pattern} ${nth}`
    const known = this.found.get(key)
    if (known) return known
    const html = await (await request.get(this.url + list)).text()
    const one = [...new Set(links(html))].filter((href) => pattern.test(href))[nth]
    if (!one) throw new Error(`${list} has no ${nth + 1} addresses like ${pattern}`)
    this.found.set(key, one)
    return one
  }
}

/** All addresses that a document links to. */
export function links(html: string): string[] {
  return [...html.matchAll(/<a\s[^>]*?href="([^"]+)"/g)].map((match) => match[1].replaceAll('&amp;', '&'))
}

type Fixtures = {
  as: (persona: Persona | null, options?: BrowserContextOptions) => Promise<{ page: Page; context: BrowserContext; watch: Watch }>
}
type WorkerFixtures = { demo: Demo }

export const test = base.extend<Fixtures, WorkerFixtures>({
  demo: [async ({}, use) => use(Demo.running()), { scope: 'worker' }],
  // Opens browsers that are watched, and closes them; a test fails on whatever the watch noted.
  as: async ({ demo, browser }, use) => {
    const opened: { context: BrowserContext; watch: Watch }[] = []
    await use(async (persona, options) => {
      const context = await demo.context(browser, persona, options)
      const watch = new Watch(context, [demo.url])
      opened.push({ context, watch })
      return { context, watch, page: await context.newPage() }
    })
    for (const { context } of opened) await context.close()
    expect(opened.flatMap(({ watch }) => watch.faults)).toEqual([])
  },
})

export { expect }
