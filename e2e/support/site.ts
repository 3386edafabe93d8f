import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { freshDatabase } from './database'
import { asked } from './stepup'
import { freePort, Process, program } from './process'

interface Wish {
  userinfo?: boolean // claims come from the UserInfo endpoint alone
  replicas?: 1 | 2
}

/** Starts one replica of the console, whose provider the settings name, and waits until it is ready. */
export async function serve(url: string, database: string, provider: Record<string, string>): Promise<Process> {
  const one = Process.start('rollcall serve', program, ['serve'], {
    ROLLCALL_DATABASE_URL: database,
    ROLLCALL_LISTEN: new URL(url).host,
    ROLLCALL_PUBLIC_URL: url,
    ROLLCALL_SECRET_KEY: '0123456789abcdef'.repeat(4),
    ROLLCALL_TENANT_NAME: 'Northwind Group',
    ROLLCALL_TENANT_ENVIRONMENT: 'test',
    ROLLCALL_FIRST_ADMIN_EMAIL: 'amara@northwind.example',
    ...provider,
  })
  await one.ready(`${url}/readyz`).catch(async (error) => {
    await one.stop()
    throw error
  })
  return one
}

/** Replicas of the console on one database, beside an independent provider. */
export class Site {
  private consoles: Process[] = []
  private provider?: Process

  private constructor(readonly url: string, readonly replica: string, readonly issuer: string, private wish: Wish) {}

  static async start(kind: string, wish: Wish = {}): Promise<Site> {
    const [url, replica, issuer] = (await Promise.all([freePort(), freePort(), freePort()])).map((port) => `http://127.0.0.1:${port}`)
    const site = new Site(url, replica, issuer, wish)
    const database = freshDatabase(kind, `e2e_${process.pid}_${new URL(url).port}`)
    await site.startProvider()
    for (const address of [url, replica].slice(0, wish.replicas ?? 2)) await site.serve(address, database)
    return site
  }

  private async serve(url: string, database: string): Promise<void> {
    const one = await serve(url, database, {
      ROLLCALL_OIDC_ISSUER: this.issuer,
      ROLLCALL_OIDC_CLIENT_ID: 'rollcall',
      ROLLCALL_OIDC_CLIENT_SECRET: 'a-secret-of-the-test-only',
      ROLLCALL_OIDC_NAME: 'Test provider',
      ROLLCALL_OIDC_SCOPES: 'openid profile email groups',
      ROLLCALL_OIDC_GROUPS_CLAIM: 'groups',
      ROLLCALL_OIDC_CREATE: 'groups',
      ROLLCALL_OIDC_GROUPS: 'staff',
      ROLLCALL_OIDC_ROLES: 'groups=rollcall-helpdesk:rollcall.helpdesk,groups=staff:rollcall.employee',
      ROLLCALL_OIDC_DEV_LOOPBACK: 'true',
      ...(this.wish.userinfo ? { ROLLCALL_OIDC_USERINFO: 'true' } : {}),
    })
    this.consoles.push(one)
  }

  async startProvider(): Promise<void> {
    const { port } = new URL(this.issuer)
    const claims = this.wish.userinfo ? 'userinfo' : 'id-token'
    this.provider = Process.start('oidc-provider', process.execPath, ['e2e/support/provider.mjs', port, claims, this.url, this.replica])
    await this.provider.ready(`${this.issuer}/.well-known/openid-configuration`)
  }

  async stopProvider(): Promise<void> {
    await this.provider?.stop()
  }

  async stop(): Promise<void> {
    for (const one of this.consoles) await one.stop()
    await this.stopProvider()
  }

  /** What the consoles and the provider have written, for failures. */
  log(): string {
    return [...this.consoles, this.provider].map((one) => one?.log()).join('\n')
  }

  /** Signs a person in through the provider's own pages, in a browser of their own. */
  async signIn(browser: Browser, person: string, url = this.url): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({ baseURL: url })
    const page = await context.newPage()
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Continue with Test provider' }).click()
    await page.locator('input[name=login]').fill(person)
    await page.locator('input[name=password]').fill('anything')
    await page.locator('[type=submit]').click()
    await page.getByRole('button', { name: 'Continue' }).click() // its consent page
    await page.waitForURL((at) => at.origin === url)
    return { page, context }
  }
}

/** Proves to be somebody at the provider's own pages, from the page that asks for it. */
export async function proveAnew(page: Page, person: string): Promise<void> {
  await asked(page)
  await page.getByRole('button', { name: 'Continue to Test provider' }).click()
  await expect(page.locator('input[name=login]')).toBeVisible() // it does ask again
  await page.locator('input[name=login]').fill(person)
  await page.locator('input[name=password]').fill('anything')
  await page.locator('[type=submit]').click()
  const consent = page.getByRole('button', { name: 'Continue', exact: true })
  await expect(consent.or(page.locator('form.elevated, h1:text("You did not sign in anew")'))).toBeVisible()
  if (await consent.isVisible()) await consent.click()
}

/** Finds a person by their name at the provider and opens their page. */
export async function openPerson(page: Page, name: string): Promise<void> {
  await page.goto(`/users?q=${name}`)
  await page.locator('#users [data-row-link]').first().click()
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/)
}

/** Gives a role on the page of a person. */
export async function addRole(page: Page, role: string, reason: string, until = ''): Promise<void> {
  await page.getByRole('link', { name: 'Give a role' }).click()
  await page.getByRole('radio', { name: role, exact: true }).check()
  await page.getByLabel(/^Until/).fill(until)
  await page.getByLabel(/Reason/).fill(reason)
  await page.getByRole('button', { name: /^Give role to/ }).click()
  await expect(page).toHaveURL(/ok=role-assigned/)
}

type Fixtures = { failureLog: void; openSite: (wish: Wish) => Promise<Site> }
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
  // Another site for one test.
  openSite: async ({}, use, info) => {
    const sites: Site[] = []
    await use(async (wish) => {
      sites.push(await Site.start(info.project.metadata.database, { replicas: 1, ...wish }))
      return sites[sites.length - 1]
    })
    for (const site of sites) await site.stop()
  },
  failureLog: [
    async ({ site }, use, info) => {
      await use()
      if (info.status !== info.expectedStatus) await info.attach('servers', { body: site.log() })
    },
    { auto: true },
  ],
})

export { expect }
