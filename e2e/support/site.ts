import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { freshDatabase } from './database'
import { freePort, Process, program } from './process'

/** Two replicas of the console on one database, beside an independent provider. */
export class Site {
  constructor(readonly url: string, readonly replica: string, readonly issuer: string, private processes: Process[]) {}

  static async start(kind: string): Promise<Site> {
    const [port, second, providerPort] = [await freePort(), await freePort(), await freePort()]
    const url = `http://127.0.0.1:${port}`
    const replica = `http://127.0.0.1:${second}`
    const issuer = `http://127.0.0.1:${providerPort}`
    const provider = Process.start('oidc-provider', process.execPath, ['e2e/support/provider.mjs', String(providerPort), url, replica])
    await provider.ready(`${issuer}/.well-known/openid-configuration`)
    const database = freshDatabase(kind, `e2e_${process.pid}_${port}`)
    const serve = (listen: number) =>
      Process.start('rollcall serve', program, ['serve'], {
        ROLLCALL_DATABASE_URL: database,
        ROLLCALL_LISTEN: `127.0.0.1:${listen}`,
        ROLLCALL_PUBLIC_URL: `http://127.0.0.1:${listen}`,
        ROLLCALL_SECRET_KEY: '0123456789abcdef'.repeat(4),
        ROLLCALL_TENANT_NAME: 'Northwind Group',
        ROLLCALL_TENANT_ENVIRONMENT: 'test',
        ROLLCALL_FIRST_ADMIN_EMAIL: 'amara@northwind.example',
        ROLLCALL_OIDC_ISSUER: issuer,
        ROLLCALL_OIDC_CLIENT_ID: 'rollcall',
        ROLLCALL_OIDC_CLIENT_SECRET: 'a-secret-of-the-test-only',
        ROLLCALL_OIDC_NAME: 'Test provider',
        ROLLCALL_OIDC_SCOPES: 'openid profile email groups',
        ROLLCALL_OIDC_GROUPS_CLAIM: 'groups',
        ROLLCALL_OIDC_CREATE: 'groups',
        ROLLCALL_OIDC_GROUPS: 'staff',
        ROLLCALL_OIDC_ROLES: 'groups=rollcall-helpdesk:rollcall.helpdesk,groups=rollcall-admins:rollcall.admin,groups=staff:rollcall.employee',
        ROLLCALL_OIDC_DEV_LOOPBACK: 'true',
      })
    const one = serve(port)
    await one.ready(`${url}/readyz`)
    const two = serve(second)
    await two.ready(`${replica}/readyz`)
    return new Site(url, replica, issuer, [two, one, provider])
  }

  async stop(): Promise<void> {
    for (const one of this.processes) await one.stop()
  }

  /** What the consoles and the provider have written, for failures. */
  log(): string {
    return this.processes.map((one) => one.log()).join('\n')
  }

  /** Signs a person in through the provider's own pages, in a browser of their own. */
  async signIn(browser: Browser, person: string, url = this.url): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({ baseURL: url })
    const page = await context.newPage()
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Continue with Test provider' }).click()
    await page.locator('input[name=login]').fill(person)
    await page.locator('input[name=password]').fill('anything')
    await page.locator('button[type=submit], [type=submit]').first().click()
    const consent = page.locator('form[action*="/confirm"], form:has(input[value=consent])')
    await page.waitForLoadState()
    if (page.url().startsWith(this.issuer)) await consent.locator('[type=submit]').first().click()
    await page.waitForURL((at) => at.origin === url)
    return { page, context }
  }
}

type Fixtures = { failureLog: void }
type WorkerFixtures = { site: Site }

export const test = base.extend<Fixtures, WorkerFixtures>({
  site: [
    async ({}, use, info) => {
      const site = await Site.start(info.project.metadata.database)
      await use(site)
      await site.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  failureLog: [
    async ({ site }, use, info) => {
      await use()
      if (info.status !== info.expectedStatus) await info.attach('servers', { body: site.log() })
    },
    { auto: true },
  ],
})

export { expect }
