import { test, expect, personas, type Persona } from '../support/demo'

// Where each persona arrives, and the whole of what the sidebar offers them.
const houses: Record<Persona, { first: string; heading: string; links: [string, string][] }> = {
  admin: {
    first: '/attention', heading: 'Attention',
    links: [
      ['Attention', '/attention'], ['Approvals', '/approvals'], ['Users', '/users'], ['Roles', '/roles'], ['Linked accounts', '/links'],
      ['Deactivations', '/ops'], ['Sync and drift', '/sync'], ['Audit log', '/audit'],
      ['Attributes', '/attributes'], ['Connectors', '/connectors'], ['My access', '/me'], ['My sessions', '/me/sessions'],
    ],
  },
  helpdesk: {
    first: '/attention', heading: 'Attention',
    links: [
      ['Attention', '/attention'], ['Users', '/users'], ['Roles', '/roles'], ['Deactivations', '/ops'], ['Audit log', '/audit'],
      ['My access', '/me'], ['My sessions', '/me/sessions'],
    ],
  },
  manager: {
    first: '/team', heading: 'My team',
    links: [['My team', '/team'], ['Audit log', '/audit'], ['My access', '/me'], ['My sessions', '/me/sessions']],
  },
  auditor: {
    first: '/audit', heading: 'Audit log',
    links: [
      ['Users', '/users'], ['Roles', '/roles'], ['Linked accounts', '/links'], ['Deactivations', '/ops'], ['Sync and drift', '/sync'], ['Audit log', '/audit'], ['Connectors', '/connectors'], ['My access', '/me'], ['My sessions', '/me/sessions'],
    ],
  },
  employee: { first: '/me', heading: 'My access', links: [['My access', '/me'], ['My sessions', '/me/sessions']] },
}

for (const persona of personas) {
  test(`the ${persona} enters with one click and finds exactly what they may use`, async ({ as, demo }) => {
    const { page, context } = await as(null)
    await demo.enter(page, persona)
    const house = houses[persona]
    await expect(page).toHaveURL(demo.url + house.first)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(house.heading)

    const offered = await page.locator('.side-nav a').evaluateAll((all) =>
      all.map((a) => [a.firstChild?.textContent?.trim() ?? '', a.getAttribute('href') ?? '']),
    )
    expect(offered).toEqual(house.links)
    for (const [, href] of house.links) expect((await context.request.get(href)).status(), href).toBe(200)
  })
}

test('what is not offered is refused, with the permission that is missing', async ({ as }) => {
  const closed: [Persona, string, string][] = [
    ['helpdesk', '/attributes', 'attributes.edit'],
    ['helpdesk', '/users/new', 'users.create'],
    ['manager', '/users', 'users.read'],
    ['auditor', '/attention', 'attention.read'],
    ['employee', '/audit', 'audit.read'],
  ]
  for (const [persona, path, permission] of closed) {
    const { page, context } = await as(persona)
    const answer = await page.goto(path)
    expect(answer?.status(), `${persona} at ${path}`).toBe(403)
    await expect(page.locator('main')).toContainText(permission)
    await context.close()
  }
})

test('who may not come in is told why, and what to do now', async ({ as }) => {
  for (const [account, words] of [['Dmitri Volkov', /suspended/], ['Hannah Brandt', /deactivated/], ['Kwabena Asante', /wait/]] as const) {
    const { page, context } = await as(null)
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Continue with Northwind ID' }).click()
    await page.getByRole('button', { name: account }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are not signed in')
    await expect(page.locator('main')).toContainText(words)
    await page.goto('/users')
    await expect(page).toHaveURL(/\/signin\?return=/)
    await context.close()
  }
})
