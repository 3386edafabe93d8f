import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { randomBytes } from 'node:crypto'
import { freshDatabase } from './database'
import { answers, freePort, Process } from './process'
import { serve } from './site'
import { asked, nextSecond } from './stepup'

const variable = 'ROLLCALL_TEST_KEYCLOAK'

/** Whether tests that need a Keycloak are left out: none is named, and this is not where everything has to run. */
export const leftOut = !process.env[variable] && process.env.ROLLCALL_TESTDB !== 'all' && !process.env.CI

/** What the service account of a connector needs, and no more: docs/integrator.md. */
const leastRoles = ['view-users', 'query-users', 'manage-users', 'view-events', 'view-clients']

type Named = { id: string; name?: string }

/** A realm of one test's own at a real Keycloak, made and read by its admin API alone. */
export class Realm {
  readonly name = `e${randomBytes(6).toString('hex')}`
  readonly password = 'a-password-of-the-test-only'
  readonly secret = randomBytes(18).toString('hex') // of both clients
  private token = ''
  private expires = 0

  private constructor(readonly base: string, private user: string, private pass: string) {}

  static async open(): Promise<Realm> {
    const named = process.env[variable]
    if (!named) throw new Error(`${variable} is not set: run it with scripts/with-keycloak`)
    const url = new URL(named)
    const realm = new Realm(url.origin, decodeURIComponent(url.username), decodeURIComponent(url.password))
    await answers(`${realm.base}/realms/master/.well-known/openid-configuration`, 360)
    await realm.ask('POST', '', {
      realm: realm.name, enabled: true, sslRequired: 'none', eventsEnabled: true, adminEventsEnabled: true, eventsExpiration: 7 * 24 * 3600,
    })
    return realm
  }

  get issuer(): string {
    return `${this.base}/realms/${this.name}`
  }

  remove(): Promise<unknown> {
    return this.ask('DELETE', `/${this.name}`)
  }

  /** Asks the admin API of the realm; anything but a success is an error. */
  call<T>(method: string, path: string, content?: unknown): Promise<T> {
    return this.ask(method, `/${this.name}${path}`, content) as Promise<T>
  }

  private async ask(method: string, path: string, content?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.base}/admin/realms${path}`, {
      method, body: content === undefined ? undefined : JSON.stringify(content),
      headers: { authorization: `Bearer ${await this.admin()}`, 'content-type': 'application/json' },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to ${method} ${path}: ${text}`)
    return text ? JSON.parse(text) : undefined
  }

  private async admin(): Promise<string> {
    if (Date.now() < this.expires) return this.token
    const answer = await fetch(`${this.base}/realms/master/protocol/openid-connect/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: this.user, password: this.pass }),
    })
    if (!answer.ok) throw new Error(`Keycloak gave its administrator no token: ${answer.status} ${await answer.text()}`)
    const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number }
    this.token = access_token
    this.expires = Date.now() + (expires_in / 2) * 1000
    return access_token
  }

  /** Makes the client people sign in with, which is told of ended sessions. */
  async addSignIn(addresses: { redirect: string[]; signedOut: string[]; told: string }): Promise<void> {
    await this.call('POST', '/clients', {
      clientId: 'rollcall', secret: this.secret, protocol: 'openid-connect', publicClient: false,
      standardFlowEnabled: true, directAccessGrantsEnabled: false, frontchannelLogout: false,
      redirectUris: addresses.redirect,
      attributes: {
        'backchannel.logout.url': addresses.told, 'backchannel.logout.session.required': 'true',
        'post.logout.redirect.uris': addresses.signedOut.join('##'),
      },
      protocolMappers: [{
        name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper',
        config: { 'claim.name': 'groups', 'full.path': 'true', 'id.token.claim': 'true' },
      }],
    })
  }

  /** Makes the service account of the connector, with the documented roles. */
  async addService(): Promise<void> {
    await this.call('POST', '/clients', {
      clientId: 'rollcall-connector', secret: this.secret, protocol: 'openid-connect', publicClient: false,
      serviceAccountsEnabled: true, standardFlowEnabled: false, directAccessGrantsEnabled: false,
    })
    const account = await this.call<Named>('GET', `/clients/${await this.client('rollcall-connector')}/service-account-user`)
    const management = await this.client('realm-management')
    const roles = await Promise.all(leastRoles.map((role) => this.call<Named>('GET', `/clients/${management}/roles/${role}`)))
    await this.call('POST', `/users/${account.id}/role-mappings/clients/${management}`, roles)
  }

  private async client(id: string): Promise<string> {
    const found = await this.call<Named[]>('GET', `/clients?clientId=${id}`)
    if (found.length !== 1) throw new Error(`${found.length} clients are called ${id}`)
    return found[0].id
  }

  /** Makes a group. */
  async addGroup(name: string): Promise<void> {
    await this.call('POST', '/groups', { name })
  }

  /** Makes a person of groups with the one password, and gives the id. */
  async addPerson(username: string, groups: string[] = [], domain = 'northwind.example'): Promise<string> {
    await this.call('POST', '/users', {
      username, email: `${username}@${domain}`, emailVerified: true, enabled: true,
      groups, firstName: username[0].toUpperCase() + username.slice(1), lastName: 'Example',
      credentials: [{ type: 'password', value: this.password, temporary: false }],
    })
    const [made] = await this.call<Named[]>('GET', `/users?exact=true&username=${username}`)
    return made.id
  }

  /** The live sessions of a person, as Keycloak says. */
  sessions(person: string): Promise<Named[]> {
    return this.call('GET', `/users/${person}/sessions`)
  }
}

/** Two replicas of the console on one database, whose provider is a realm. */
export class KeycloakSite {
  private consoles: Process[] = []

  private constructor(readonly realm: Realm, readonly url: string, readonly replica: string) {}

  static async start(kind: string): Promise<KeycloakSite> {
    const [url, replica] = (await Promise.all([freePort(), freePort()])).map((port) => `http://127.0.0.1:${port}`)
    const site = new KeycloakSite(await Realm.open(), url, replica)
    await site.begin(kind).catch(async (error) => {
      await site.stop()
      throw error
    })
    return site
  }

  private async begin(kind: string): Promise<void> {
    const both = [this.url, this.replica]
    await this.realm.addSignIn({
      redirect: both.map((url) => `${url}/auth/oidc/callback`), signedOut: both.map((url) => `${url}/signed-out`),
      told: `${this.url}/auth/oidc/backchannel-logout`,
    })
    await this.realm.addService()
    const database = freshDatabase(kind, `e2e_${process.pid}_${new URL(this.url).port}`)
    for (const address of both) {
      const one = await serve(address, database, {
        ROLLCALL_OIDC_ISSUER: this.realm.issuer,
        ROLLCALL_OIDC_CLIENT_ID: 'rollcall',
        ROLLCALL_OIDC_CLIENT_SECRET: this.realm.secret,
        ROLLCALL_OIDC_NAME: 'Northwind Keycloak',
        ROLLCALL_OIDC_CREATE: 'domains',
        ROLLCALL_OIDC_DOMAINS: 'northwind.example',
        ROLLCALL_OIDC_DEV_LOOPBACK: 'true',
      })
      this.consoles.push(one)
    }
  }

  async stop(): Promise<void> {
    for (const one of this.consoles) await one.stop()
    await this.realm.remove()
  }

  log(): string {
    return this.consoles.map((one) => one.log()).join('\n')
  }

  /** Signs a person in through Keycloak's own login page, in a browser of their own. */
  async signIn(browser: Browser, person: string): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({ baseURL: this.url })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Continue with Northwind Keycloak' }).click()
    await fillIn(this.realm, page, person)
    await page.waitForURL((at) => at.origin === this.url)
    return { page, context }
  }

  /** Proves to be somebody at Keycloak's login page, from the page that asks for a fresh sign-in. */
  async proveAnew(page: Page, person: string): Promise<void> {
    await asked(page)
    await nextSecond(page)
    const again = page.waitForRequest((one) => one.url().startsWith(this.realm.issuer) && new URL(one.url()).searchParams.get('prompt') === 'login')
    await page.getByRole('button', { name: 'Continue to Northwind Keycloak' }).click()
    await again
    await fillIn(this.realm, page, person)
    await page.waitForURL((at) => at.origin === this.url)
  }
}

/** Fills in the login page of a realm. Asked again, it knows who is meant and wants the password alone. */
export async function fillIn(realm: Realm, page: Page, person: string): Promise<void> {
  await page.waitForURL(`${realm.issuer}/**`)
  await expect(page.locator('#password')).toBeVisible({ timeout: 60_000 })
  const username = page.locator('#username')
  if (await username.isVisible()) await username.fill(person)
  await page.locator('#password').fill(realm.password)
  await page.locator('#kc-login').click()
}
