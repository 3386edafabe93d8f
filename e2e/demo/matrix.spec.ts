import type { Locator, Page } from '@playwright/test'
import { test, expect } from '../support/demo'
import { enter, tabTo, typeInto } from '../support/keyboard'
import { asked, elevated, proveAnew } from '../support/stepup'

const why = 'Agreed with the owner of the application'
const cell = (page: Page, name: string) => page.getByRole('checkbox', { name })
const title = (page: Page) => page.getByRole('heading', { level: 1 })

const focused = (where: Locator) => expect(where).toBeFocused()

test('change what a role gives, with keys alone', async ({ as, demo }) => {
  const { page } = await as(null) // a session of its own: the fresh sign-in renews it
  await demo.enter(page, 'admin')
  await page.goto('/roles/matrix?app=warehouse')
  await page.keyboard.press('e')
  await expect(title(page)).toHaveText('Change permissions of roles')

  await tabTo(page, cell(page, 'Picker: book stock in and out'))
  await page.keyboard.press('ArrowDown')
  await focused(cell(page, 'Picker: confirm what was picked'))
  await page.keyboard.press('ArrowDown')
  await focused(cell(page, 'Picker: count stock and note differences'))
  await page.keyboard.press('Space')
  await expect(page.locator('[data-changes]')).toHaveText('1 change')
  await page.keyboard.press('ArrowRight')
  await focused(cell(page, 'Shift lead: count stock and note differences'))
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(cell(page, 'Stock keeper: count stock and note differences')).not.toBeChecked()
  await expect(page.locator('[data-changes]')).toHaveText('2 changes')
  await page.keyboard.press('Space')
  await expect(page.locator('[data-changes]')).toHaveText('1 change')

  await enter(page, page.getByRole('button', { name: 'Review changes' }), 'Shift+Tab')
  await expect(page.locator('main')).toContainText('1 role changes: 1 permission is given.')
  await expect(page.locator('#effects')).toContainText(/\d+ (people|person)/)
  await typeInto(page, page.getByLabel(/Reason/), why)
  await enter(page, page.getByRole('button', { name: 'Change Picker' }))
  await asked(page)
  await enter(page, page.getByRole('button', { name: /^Continue to/ }))
  await enter(page, page.getByRole('button', { name: 'Amara Okafor' }))
  await elevated(page)
  await expect(page.getByLabel(/Reason/)).toHaveValue(why)
  await enter(page, page.getByRole('button', { name: 'Change Picker' }))
  await expect(page.locator('.banner').first()).toContainText('Saved.')

  await page.goto('/roles/warehouse.picker')
  await expect(page.locator('#permissions')).toContainText('Count stock and note differences')
  await expect(page.locator('#history')).toContainText(why)
})

test('the role a permission comes through is named when its mark has the focus', async ({ as }) => {
  const { page } = await as('auditor')
  await page.goto('/roles/matrix?app=deploy')
  const mark = page.getByRole('link', { name: 'Through Production deployer, through Staging deployer' })
  await tabTo(page, mark)
  expect(await mark.evaluate((e) => getComputedStyle(e, '::after').content)).toContain('Through Production deployer')
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('td:focus, td :focus')).toHaveCount(1)
  await expect(page.getByRole('link', { name: 'Change permissions' })).toHaveCount(0)
})

test('search, differences and roles narrow the matrix in place', async ({ as }) => {
  const { page } = await as('helpdesk')
  await page.goto('/roles/matrix?app=ledger-prod')
  await page.getByLabel('Search permissions').fill('payee')
  await expect(page.locator('#status')).toContainText('2 permissions, 6 roles')
  await expect(page).toHaveURL(/q=payee/)
  await expect(page.getByLabel('Search permissions')).toBeFocused()
  await page.getByRole('checkbox', { name: 'Only differences' }).check()
  await expect(page.locator('#status')).toContainText('1 of 2 permissions differ')
  await page.locator('#roles-shown summary').click()
  await page.getByRole('checkbox', { name: 'Payment preparer' }).uncheck()
  await expect(page.locator('#grid')).toContainText('No difference')
  await page.goBack()
  await expect(page.locator('#grid')).toContainText('Create a payee')
})

test('the table scrolls in its own frame, with its head and first column in sight', async ({ as }) => {
  const { page } = await as('auditor')
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 640 })
    await page.goto('/roles/matrix')
    const frame = page.locator('.mx')
    await frame.evaluate((e) => e.scrollTo(300, 400))
    const seen = await frame.evaluate((e) => {
      const box = e.getBoundingClientRect()
      const head = e.querySelector('thead th:last-child')!.getBoundingClientRect()
      const first = e.querySelector('tbody:last-child th')!.getBoundingClientRect()
      return { top: Math.round(head.top - box.top), left: Math.round(first.left - box.left), page: document.documentElement.scrollWidth - window.innerWidth }
    })
    expect(seen).toEqual({ top: 0, left: 0, page: 0 })
  }
})

test('compare two roles and change one, without JavaScript', async ({ as, demo }) => {
  const { page } = await as(null, { javaScriptEnabled: false })
  await demo.enter(page, 'admin')
  await page.goto('/roles?application=payroll')
  await page.getByRole('link', { name: 'Payroll viewer', exact: true }).click()
  await page.getByRole('link', { name: /^Compare with/ }).click()
  await page.getByLabel('Search roles').fill('payroll')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Payroll administrator' }).click()
  await expect(title(page)).toHaveText('Compare Payroll viewer and Payroll administrator')
  await expect(page.locator('#grid')).toContainText('2 of 3 permissions differ')
  await expect(page.locator('#grid')).toContainText(/hold both Payroll viewer and Payroll administrator|holds both/)

  await page.getByRole('link', { name: 'Change permissions' }).click()
  await page.getByRole('button', { name: 'Review changes' }).click()
  await expect(page.locator('#errors')).toContainText('Nothing is changed yet')
  await cell(page, 'Payroll viewer: run payroll').check()
  await page.getByLabel('Search permissions').fill('payslips')
  await page.getByRole('button', { name: 'Apply filters' }).click()
  await expect(page.locator('.bulk')).toContainText('1 change')
  await expect(page.locator('.bulk')).toContainText('1 in cells that are not shown now')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await expect(page.locator('#changed-roles')).toContainText('Run payroll')
  await page.getByRole('link', { name: 'Back to the cells' }).click()
  await page.getByRole('button', { name: 'Review changes' }).click()
  await page.getByLabel(/Reason/).fill(why)
  await page.getByRole('button', { name: 'Change Payroll viewer' }).click()
  await proveAnew(page, 'Amara Okafor')
  await page.getByRole('button', { name: 'Change Payroll viewer' }).click()
  await expect(page.locator('.banner').first()).toContainText('Saved.')
})
