import type { APIRequestContext, Page } from '@playwright/test'
import type { Demo, Persona } from './demo'
import { asked, nextSecond, proveAnew } from './stepup'

/** Follows links of lists to a page of a kind. */
export type Find = (list: string, pattern: RegExp, nth?: number) => Promise<string>

/** One page in one state, for the rules and for the screenshots. */
export interface Shown {
  name: string
  who: Persona | null
  path: string | ((find: Find) => Promise<string>)
  code?: number
  then?: (page: Page) => Promise<void>
}

export const person = /^\/users\/[0-9a-f-]{36}$/
const op = /^\/ops\/[0-9a-f-]{36}$/
const syncRun = /^\/sync\/runs\/[0-9a-f-]{36}$/
const linkCase = /^\/links\/[0-9a-f-]{36}$/

const someone = (list: string, nth: number, rest = '') => async (find: Find) => (await find(list, person, nth)) + rest
const ofConnector = (rest = '') => async (find: Find) => (await find('/connectors', /^\/connectors\/[0-9a-f-]{36}$/)) + rest
const suggested = async (find: Find) => find(await find('/links', linkCase), /\/links\/new\?a=/)
const below = (list: string, nth: number, pattern: RegExp) => async (find: Find) => find(await find(list, person, nth), pattern)
const press = (name: string | RegExp) => async (page: Page) => {
  const answer = page.waitForEvent('response', (response) => response.request().method() === 'POST')
  await page.locator('main').getByRole('button', { name }).last().click()
  await answer
  await page.waitForLoadState()
}

// Fills in a deactivation and sends it, which asks for a fresh sign-in.
const deactivating = async (page: Page) => {
  await page.getByLabel(/Reason/).fill('Left the company on Friday')
  await page.getByRole('button', { name: /^(Ask to d|D)eactivate/ }).click()
  await asked(page)
}

// The same with a session of its own, as somebody at the provider.
const proving = (name: string) => async (page: Page) => {
  await page.getByRole('button', { name: 'Enter as admin' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  await page.goto('/users?status=active')
  await page.locator('#users [data-row-link]').nth(9).click()
  await page.getByRole('link', { name: /^Deactivate/ }).click()
  await deactivating(page)
  await nextSecond(page)
  await page.getByRole('button', { name: /^Continue to/ }).click()
  await page.getByRole('button', { name }).click()
  await page.waitForLoadState()
}

// A form that needs a fresh sign-in to be opened, with a session of its own.
const elevatedForm = (path: string, then?: (page: Page) => Promise<void>) => async (page: Page) => {
  await page.getByRole('button', { name: 'Enter as admin' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  await page.goto(path)
  await proveAnew(page, 'Amara Okafor')
  if (then) await then(page)
}
const active = '/users?status=active'
const signedIn = '/users?status=active&sort=-signin'
const reason = 'Asked for by the person on the telephone'

/** Every kind of page there is, in each state that can be reached without changing anything. */
export const pages: Shown[] = [
  { name: 'signin', who: null, path: '/signin' },
  { name: 'signed-out', who: null, path: '/signed-out' },
  { name: 'signin-not-found', who: null, path: '/nowhere', code: 404 },
  {
    name: 'provider', who: null, path: '/signin',
    then: (page) => page.getByRole('button', { name: 'Continue with Northwind ID' }).click(),
  },
  { name: 'refused-callback', who: null, path: '/auth/northwind/callback?state=made-up&code=made-up', code: 400 },

  ...['Dmitri Volkov', 'Kwabena Asante'].map((name) => ({
    name: `refused-${name.split(' ')[0].toLowerCase()}`, who: null, path: '/signin', code: 403,
    then: async (page: Page) => {
      await page.getByRole('button', { name: 'Continue with Northwind ID' }).click()
      await page.getByRole('button', { name }).click()
      await page.getByRole('heading', { name: 'You are not signed in' }).waitFor()
    },
  })),

  { name: 'attention', who: 'admin', path: '/attention' },
  { name: 'attention-helpdesk', who: 'helpdesk', path: '/attention' },
  { name: 'attention-ending', who: 'admin', path: '/attention/ending' },
  { name: 'attention-standing', who: 'admin', path: '/attention/standing' },

  { name: 'users', who: 'admin', path: '/users' },
  { name: 'users-filtered', who: 'admin', path: '/users?status=suspended,leaving&seen=90&sort=-signin' },
  { name: 'users-filters-open', who: 'admin', path: '/users?status=active', then: (page) => page.locator('#filters summary').click() },
  { name: 'users-one', who: 'auditor', path: '/users?q=amara%20okafor' },
  { name: 'users-none', who: 'admin', path: '/users?q=qqqqqqqqqq&status=active' },
  { name: 'users-overdue', who: 'helpdesk', path: '/users?view=overdue' },
  { name: 'users-unknown-filter', who: 'admin', path: '/users?colour=green' },
  { name: 'users-bad-cursor', who: 'admin', path: '/users?after=garbage', code: 422 },
  {
    name: 'users-selected', who: 'admin', path: '/users?status=active',
    then: async (page) => {
      await page.locator('[data-select-row]').nth(2).check()
      await page.locator('#bulk').getByText('1 selected').waitFor()
    },
  },
  { name: 'selection-new', who: 'admin', path: '/ops/new' },
  { name: 'selection-new-422', who: 'admin', path: '/ops/new', then: press('Look up the list'), code: 422 },
  {
    name: 'selection-report', who: 'admin', path: '/ops/new',
    then: async (page) => {
      await page.getByRole('textbox', { name: /^Lines/ }).fill('amara.okafor@northwind.example\nelif.kaya@northwind.example\nnobody')
      await page.getByRole('button', { name: 'Look up the list' }).click()
      await page.getByRole('heading', { name: 'What the list was found to be' }).waitFor()
    },
  },
  { name: 'op-failures', who: 'admin', path: (find) => find('/ops?state=ended', op) },
  { name: 'op-done-auditor', who: 'auditor', path: (find) => find('/ops?state=ended', op, 1) },
  { name: 'op-alive', who: 'admin', path: async (find) => (await find('/ops?state=ended', op)) + '?came=alive' },
  { name: 'op-none', who: 'admin', path: async (find) => (await find('/ops?state=ended', op)) + '?came=moved' },
  { name: 'op-stop-over', who: 'admin', path: async (find) => (await find('/ops?state=ended', op)) + '/stop' },
  { name: 'op-receipts', who: 'auditor', path: async (find) => (await find('/ops?state=ended', op)) + '/receipts' },
  { name: 'op-receipts-unconfirmed', who: 'admin', path: async (find) => (await find('/ops?state=ended', op)) + '/receipts?came=unconfirmed' },
  { name: 'op-receipts-csv', who: 'auditor', path: async (find) => (await find('/ops?state=ended', op)) + '/receipts/csv' },
  { name: 'op-receipts-csv-422', who: 'auditor', path: async (find) => (await find('/ops?state=ended', op)) + '/receipts/csv', then: press(/^Download/), code: 422 },
  { name: 'op-undo', who: 'admin', path: async (find) => (await find('/ops?state=ended', op)) + '/undo' },
  { name: 'op-undo-auditor', who: 'auditor', path: async (find) => (await find('/ops?state=ended', op)) + '/undo' },
  { name: 'users-count', who: 'admin', path: '/users/count' },
  { name: 'user-new', who: 'admin', path: '/users/new' },
  { name: 'user-new-422', who: 'admin', path: '/users/new', then: press(/Create|Invite/), code: 422 },
  { name: 'users-export', who: 'auditor', path: '/users/export?status=suspended' },
  { name: 'users-export-422', who: 'auditor', path: '/users/export', then: press(/Export/), code: 422 },

  { name: 'user', who: 'admin', path: someone(signedIn, 2) },
  { name: 'user-self', who: 'admin', path: someone('/users?q=amara.okafor', 0) },
  { name: 'user-helpdesk', who: 'helpdesk', path: someone(signedIn, 3) },
  { name: 'user-auditor', who: 'auditor', path: someone(active, 4) },
  { name: 'user-deactivated', who: 'admin', path: someone('/users?status=deactivated', 0) },
  { name: 'user-suspended', who: 'admin', path: someone('/users?status=suspended', 0) },
  { name: 'user-leaving', who: 'admin', path: someone('/users?status=leaving', 0) },
  { name: 'user-waiting', who: 'admin', path: someone('/users?view=pending', 0) },
  { name: 'user-external', who: 'admin', path: someone('/users?external=yes', 0) },
  { name: 'user-edit', who: 'admin', path: someone(active, 5, '/edit') },
  {
    name: 'user-edit-422', who: 'admin', path: someone(active, 5, '/edit'), code: 422,
    then: async (page) => {
      await page.getByLabel(/^Name/).fill('')
      await page.getByLabel(/^Email/).fill('no address')
      await press(/Save/)(page)
    },
  },
  { name: 'user-reveal', who: 'helpdesk', path: someone(active, 6, '/reveal') },
  { name: 'user-reveal-422', who: 'helpdesk', path: someone(active, 6, '/reveal'), then: press(/Show/), code: 422 },
  {
    name: 'user-revealed', who: 'helpdesk', path: someone(active, 6, '/reveal'),
    then: async (page) => {
      await page.getByLabel(/Reason/).fill(reason)
      await press(/Show/)(page)
    },
  },
  { name: 'user-suspend', who: 'helpdesk', path: someone(active, 7, '/suspend') },
  { name: 'user-suspend-422', who: 'helpdesk', path: someone(active, 7, '/suspend'), then: press(/Suspend/), code: 422 },
  { name: 'user-deactivate', who: 'admin', path: someone(active, 7, '/deactivate') },
  { name: 'step-up', who: 'admin', path: someone(active, 7, '/deactivate'), then: deactivating },
  { name: 'step-up-gone', who: 'admin', path: '/step-up?for=0199f165-0000-4000-8000-000000000000' },
  { name: 'step-up-refused', who: null, path: '/signin', then: proving('Jonas Lindqvist'), code: 403 },
  { name: 'user-deactivate-filled', who: null, path: '/signin', then: proving('Amara Okafor') },
  { name: 'user-deactivate-self', who: 'admin', path: someone('/users?q=amara.okafor', 0, '/deactivate') },
  { name: 'user-reactivate', who: 'admin', path: someone('/users?status=deactivated', 0, '/reactivate') },
  { name: 'user-resume', who: 'admin', path: someone('/users?status=suspended', 0, '/resume') },
  { name: 'user-leaving-date', who: 'admin', path: someone(active, 7, '/leaving') },
  { name: 'user-leaving-date-422', who: 'admin', path: someone(active, 7, '/leaving'), then: press(/Set/), code: 422 },
  { name: 'user-staying', who: 'admin', path: someone('/users?status=leaving', 0, '/staying') },
  { name: 'user-let-in', who: 'admin', path: someone('/users?view=pending', 0, '/let-in') },
  { name: 'user-sessions-end', who: 'helpdesk', path: someone('/users?q=jonas.lindqvist', 0, '/sessions/end') },
  { name: 'user-signin', who: 'helpdesk', path: someone(signedIn, 3, '/signin') },
  { name: 'user-signin-deactivated', who: 'helpdesk', path: someone('/users?status=deactivated', 0, '/signin') },
  { name: 'user-accounts', who: 'admin', path: someone(signedIn, 3, '/accounts?read=now') },
  { name: 'user-sessions', who: 'admin', path: someone(signedIn, 3, '/sessions') },
  { name: 'user-outcomes', who: 'auditor', path: someone(signedIn, 3, '/outcomes') },
  { name: 'user-access', who: 'admin', path: someone('/users?q=amara.okafor', 0, '/access') },
  { name: 'user-activity', who: 'admin', path: someone('/users?q=amara.okafor', 0, '/activity') },
  { name: 'role-give', who: 'admin', path: someone(active, 8, '/roles/new') },
  { name: 'role-give-422', who: 'admin', path: someone(active, 8, '/roles/new'), then: press(/Give/), code: 422 },
  { name: 'role-take', who: 'admin', path: below(active, 8, /\/roles\/\d+\/remove$/) },
  { name: 'role-until', who: 'admin', path: below(active, 8, /\/roles\/\d+\/until$/) },

  { name: 'roles', who: 'admin', path: '/roles' },
  { name: 'roles-none', who: 'helpdesk', path: '/roles?q=qqqqqq' },
  { name: 'role-built-in', who: 'admin', path: '/roles/rollcall.admin' },
  { name: 'role', who: 'admin', path: '/roles/ledger-prod.finance-lead' },
  { name: 'role-auditor', who: 'auditor', path: '/roles/crm.sales-lead' },
  { name: 'role-new', who: 'admin', path: '/roles/new' },
  { name: 'role-new-422', who: 'admin', path: '/roles/new', then: press(/Create/), code: 422 },
  { name: 'role-edit', who: 'admin', path: '/roles/ledger-prod.finance-lead/edit' },
  { name: 'role-edit-422', who: 'admin', path: '/roles/ledger-prod.reader/edit', then: press(/Save/), code: 422 },
  { name: 'role-remove', who: 'admin', path: '/roles/ledger-prod.finance-lead/remove' },
  { name: 'matrix', who: 'auditor', path: '/roles/matrix' },
  { name: 'matrix-ledger', who: 'admin', path: '/roles/matrix?app=ledger-prod' },
  { name: 'matrix-roles-open', who: 'admin', path: '/roles/matrix?app=warehouse', then: (page) => page.locator('#roles-shown summary').click() },
  { name: 'matrix-compare', who: 'helpdesk', path: '/roles/matrix?role=ledger-prod.payment-preparer&role=ledger-prod.finance-lead&differences=yes' },
  { name: 'matrix-none', who: 'admin', path: '/roles/matrix?app=wiki&differences=yes&role=no.such.role&role=wiki.editor' },
  { name: 'matrix-404', who: 'admin', path: '/roles/matrix?app=nowhere', code: 404 },
  { name: 'matrix-edit', who: 'admin', path: '/roles/matrix/edit?app=ledger-prod' },
  { name: 'matrix-edit-422', who: 'admin', path: '/roles/matrix/edit?app=crm', then: press('Review changes'), code: 422 },
  {
    name: 'matrix-review', who: 'admin', path: '/roles/matrix/edit?app=ledger-prod',
    then: async (page) => {
      await page.getByRole('checkbox', { name: /^Payment preparer: release/ }).check()
      await page.getByRole('checkbox', { name: /^Accountant: export/ }).uncheck()
      await press('Review changes')(page)
    },
  },
  { name: 'matrix-review-none', who: 'admin', path: '/roles/matrix/review', code: 422 },
  { name: 'compare', who: 'auditor', path: '/roles/compare' },
  { name: 'compare-second', who: 'admin', path: '/roles/compare?a=ledger-prod.accountant' },
  { name: 'application-new-422', who: 'admin', path: '/applications/new', then: press(/Create/), code: 422 },
  { name: 'permission-new-422', who: 'admin', path: '/permissions/new', then: press(/Add/), code: 422 },

  { name: 'attributes', who: 'admin', path: '/attributes' },
  { name: 'attribute-new-422', who: 'admin', path: '/attributes/new', then: press(/Save/), code: 422 },
  { name: 'attribute-edit', who: 'admin', path: '/attributes/badge/edit' },
  { name: 'attribute-remove', who: 'admin', path: '/attributes/badge/remove' },

  { name: 'ops', who: 'admin', path: '/ops' },
  { name: 'ops-auditor', who: 'auditor', path: '/ops' },
  { name: 'ops-none', who: 'admin', path: '/ops?by=me' },
  { name: 'approvals', who: 'admin', path: '/approvals' },

  { name: 'sync', who: 'admin', path: '/sync' },
  { name: 'sync-auditor', who: 'auditor', path: '/sync' },
  { name: 'sync-runs', who: 'admin', path: '/sync/runs' },
  { name: 'sync-run', who: 'admin', path: (find) => find('/sync/runs?state=done', syncRun) },
  { name: 'sync-run-stopped', who: 'admin', path: (find) => find('/sync/runs?state=stopped', syncRun) },
  { name: 'sync-run-resume', who: 'admin', path: async (find) => (await find('/sync/runs?state=stopped', syncRun)) + '/resume' },
  { name: 'sync-run-cancel', who: 'admin', path: async (find) => (await find('/sync/runs?state=stopped', syncRun)) + '/cancel' },
  { name: 'sync-run-cancel-422', who: 'admin', path: async (find) => (await find('/sync/runs?state=stopped', syncRun)) + '/cancel', then: press(/Cancel/), code: 422 },
  { name: 'sync-drift', who: 'admin', path: '/sync/drift' },
  { name: 'sync-drift-auditor', who: 'auditor', path: '/sync/drift' },
  { name: 'sync-drift-none', who: 'admin', path: '/sync/drift?state=pushing&kind=role' },
  { name: 'sync-drift-group', who: 'admin', path: (find) => find('/sync/drift', /\/sync\/drift\?group=/) },
  { name: 'sync-drift-one', who: 'admin', path: (find) => find('/sync/drift', /\/sync\/drift\/[0-9a-f-]{36}$/) },
  { name: 'sync-drift-push', who: 'admin', path: (find) => find('/sync/drift?kind=field', /\/push$/) },
  { name: 'sync-drift-ignore-422', who: 'admin', path: (find) => find('/sync/drift', /\/ignore$/), then: press(/Ignore/), code: 422 },
  { name: 'sync-orphans', who: 'admin', path: '/sync/orphans' },
  { name: 'sync-orphans-gone', who: 'admin', path: '/sync/orphans?kind=missing' },
  { name: 'sync-pause', who: 'admin', path: (find) => find('/sync', /\/sync\/sources\/[0-9a-f-]{36}\/pause$/) },

  { name: 'links', who: 'admin', path: '/links' },
  { name: 'links-auditor', who: 'auditor', path: '/links' },
  { name: 'links-none', who: 'admin', path: '/links?state=unlinked' },
  { name: 'link-suggested', who: 'admin', path: (find) => find('/links', linkCase) },
  { name: 'link-account', who: 'admin', path: (find) => find('/links', linkCase, 1) },
  { name: 'link-linked', who: 'admin', path: (find) => find('/links?state=linked', linkCase) },
  { name: 'link-split', who: 'admin', path: async (find) => (await find('/links?state=linked', linkCase)) + '/split' },
  { name: 'link-reject-422', who: 'admin', path: async (find) => (await find('/links', linkCase)) + '/reject', then: press(/Reject/), code: 422 },
  { name: 'merge-choose', who: 'admin', path: '/links/new' },
  { name: 'merge-choose-filled', who: 'admin', path: suggested },
  { name: 'merge-choose-422', who: 'admin', path: '/links/new', then: press('Compare the two'), code: 422 },
  { name: 'merge-compare', who: 'admin', path: suggested, then: press('Compare the two') },
  {
    name: 'merge-compare-422', who: 'admin', path: suggested, code: 422,
    then: async (page) => {
      await press('Compare the two')(page)
      await press('Keep the choices and go on')(page)
    },
  },

  { name: 'connectors', who: 'admin', path: '/connectors' },
  { name: 'connectors-auditor', who: 'auditor', path: '/connectors' },
  { name: 'connector', who: 'admin', path: ofConnector() },
  { name: 'connector-mapping', who: 'admin', path: ofConnector('/mapping') },
  { name: 'connector-mapping-auditor', who: 'auditor', path: ofConnector('/mapping') },
  { name: 'connector-test', who: 'admin', path: ofConnector('/test') },
  { name: 'connector-reading', who: 'admin', path: ofConnector('/reading') },
  { name: 'connector-first', who: 'admin', path: ofConnector('/first') },
  { name: 'connector-choose', who: 'admin', path: '/connectors/new' },
  { name: 'connector-choose-none', who: 'admin', path: '/connectors/new?q=qqqqqq' },
  { name: 'connector-step-up', who: 'admin', path: '/connectors/new/keycloak' },
  { name: 'connector-new', who: null, path: '/signin', then: elevatedForm('/connectors/new/keycloak') },
  { name: 'connector-new-422', who: null, path: '/signin', then: elevatedForm('/connectors/new/keycloak', press('Save as a draft')), code: 422 },

  { name: 'search', who: 'admin', path: '/search?q=sato' },
  { name: 'search-none', who: 'admin', path: '/search?q=qqqqqqqqqq' },
  { name: 'search-helpdesk', who: 'helpdesk', path: '/search?q=finance' },

  { name: 'audit', who: 'auditor', path: '/audit?range=90d' },
  { name: 'audit-manager', who: 'manager', path: '/audit' },
  { name: 'audit-none', who: 'auditor', path: '/audit?q=qqqqqqqqqq' },
  { name: 'audit-filters-open', who: 'auditor', path: '/audit', then: (page) => page.locator('#more-filters summary').click() },
  { name: 'audit-bad-filter', who: 'auditor', path: '/audit?seq=abc', code: 422 },
  { name: 'audit-event', who: 'auditor', path: (find) => find('/audit?range=90d', /^\/audit\/\d+$/, 3) },
  { name: 'audit-event-deactivated', who: 'auditor', path: (find) => find('/audit?what=user.deactivate&range=all', /^\/audit\/\d+$/) },
  {
    name: 'audit-event-opened', who: 'auditor', path: '/audit?range=90d',
    then: async (page) => {
      await page.locator('#events [data-row-link]').nth(2).click()
      await page.getByRole('heading', { name: /^Event #/ }).waitFor()
    },
  },
  { name: 'audit-export', who: 'auditor', path: '/audit/export?range=24h' },
  { name: 'audit-export-422', who: 'auditor', path: '/audit/export?range=24h', then: press(/Export/), code: 422 },

  { name: 'team', who: 'manager', path: '/team' },
  { name: 'team-member', who: 'manager', path: (find) => find('/team', /^\/team\/[0-9a-f-]{36}$/) },
  { name: 'me-employee', who: 'employee', path: '/me' },
  { name: 'me-admin', who: 'admin', path: '/me' },
  { name: 'me-sessions', who: 'employee', path: '/me/sessions' },

  { name: 'forbidden', who: 'employee', path: '/users', code: 403 },
  { name: 'not-found', who: 'admin', path: '/nowhere', code: 404 },
  { name: 'user-not-found', who: 'helpdesk', path: '/users/0199f165-0000-7000-8000-000000000000', code: 404 },
]

/** Opens a page in its state and gives the code it was answered with. */
export async function show(shown: Shown, page: Page, demo: Demo, request: APIRequestContext): Promise<number> {
  const find: Find = (list, pattern, nth) => demo.find(request, list, pattern, nth)
  const path = typeof shown.path === 'string' ? shown.path : await shown.path(find)
  let code = 0
  page.on('response', (response) => {
    const status = response.status()
    if (status >= 400 || (status < 300 && response.request().isNavigationRequest())) code = status
  })
  await page.goto(path)
  if (shown.then) await shown.then(page)
  await settled(page)
  return code
}

/** Waits until the page has loaded what it asks for by itself. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
}
