import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { test, expect } from '../support/demo'
import { enter } from '../support/keyboard'
import { breaches, misfits } from '../support/rules'

// Choosing people to act upon. Nothing is done to anybody here: a selection is its
// owner's own, so the demo is as it was afterwards.

const bar = (page: Page) => page.locator('#bulk')
const selected = (page: Page) => bar(page).locator('strong')
const boxes = (page: Page) => page.locator('[data-select-row]')

async function rules(page: Page): Promise<void> {
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect.soft(await breaches(page), `axe, ${colorScheme}, ${width} px`).toEqual([])
    }
    expect.soft(await misfits(page), `size, ${width} px`).toEqual([])
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('a selection survives paging, search, filters and Back', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users?status=active')
  await expect(selected(page)).toHaveText('Nobody selected')
  await boxes(page).nth(0).check()
  await boxes(page).nth(2).check()
  await expect(selected(page)).toHaveText('2 selected')
  await expect(page).toHaveURL(/sel=[0-9a-f-]{36}/)

  await page.locator('#page-next').click()
  await expect(page).toHaveURL(/after=.*sel=/)
  await expect(selected(page)).toHaveText('2 selected')
  await boxes(page).nth(1).check()
  await expect(selected(page)).toHaveText('3 selected')
  await expect(bar(page).getByRole('button', { name: 'Deactivate 3…' })).toBeVisible()
  await expect(page.locator('#status')).toHaveText('3 selected')
  await rules(page)

  await page.getByLabel('Search people').fill('zo')
  await expect(bar(page)).toContainText('3 of 3 selected are not in this list.')
  await expect(page).toHaveURL(/q=zo.*sel=/)
  await rules(page)
  await page.getByLabel('Search people').fill('')
  await page.getByRole('link', { name: /^Privileged/ }).click()
  await expect(page).toHaveURL(/view=privileged&sel=/)
  await expect(selected(page)).toHaveText('3 selected')

  await page.goto('/users?status=active&' + new URL(page.url()).search.slice(1))
  await page.locator('#users [data-row-link]').first().click()
  await expect(page).toHaveURL(/\/users\/[0-9a-f-]{36}$/)
  await page.goBack()
  await expect(selected(page)).toHaveText('3 selected')

  await bar(page).getByRole('button', { name: 'Drop them' }).click()
  await expect(bar(page)).not.toContainText('not in this list')
  await bar(page).getByRole('link', { name: /^Clear selection/ }).click()
  await expect(selected(page)).toHaveText('Nobody selected')
  await expect(page).not.toHaveURL(/sel=/)
})

test('everybody who matches, and only this page', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users?view=dormant')
  await boxes(page).first().check()
  await bar(page).getByRole('button', { name: /^Select all( \d+)? that match/ }).click()
  await expect(selected(page)).toHaveText(/^All \d+ that match$/)
  await expect(bar(page)).toContainText(/view Dormant 90 days, as of \d\d:\d\d UTC/)
  await expect(boxes(page).nth(30)).toBeChecked()
  await expect(page.locator('[data-select-page]')).toBeChecked()
  await page.locator('#page-next').click()
  await expect(page).toHaveURL(/after=/)
  await expect(boxes(page).nth(30)).toBeChecked()
  await bar(page).getByRole('link', { name: 'Show who' }).click()
  await expect(page.locator('main')).toContainText('The preview names them all')
  await rules(page)
  await page.goBack()
  await bar(page).getByRole('button', { name: 'Select only the 50 on this page' }).click()
  await expect(selected(page)).toHaveText('50 selected')
})

test('the label leaves out who cannot be deactivated, and says who', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users?status=deactivated')
  const name = await page.locator('#users [data-row-link]').first().innerText()
  await boxes(page).first().check()
  await expect(bar(page)).toContainText('Nobody of them can be deactivated.')
  const sel = new URL(page.url()).searchParams.get('sel')
  await page.goto(`/users?q=amara.okafor&sel=${sel}`)
  await boxes(page).first().check()
  await expect(selected(page)).toHaveText('2 selected')
  await expect(bar(page)).toContainText('Nobody of them can be deactivated.')
  await page.goto(`/users?status=active&sel=${sel}`)
  await boxes(page).nth(3).check()
  const act = bar(page).getByRole('button', { name: 'Deactivate 1 of 3…' })
  await expect(act).toHaveAccessibleDescription(`Left out: ${name} (already deactivated), and you.`)
  await expect(bar(page).getByText('Left out:')).toBeHidden()
  await act.focus()
  await expect(bar(page).getByText('Left out:')).toBeVisible()
  await rules(page)
})

test('by keyboard alone', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users?status=active', { waitUntil: 'networkidle' }) // no person types before the counts are there
  for (const key of ['j', 'j', 'x']) await page.keyboard.press(key)
  await expect(selected(page)).toHaveText('1 selected')
  for (const key of ['j', 'j', 'X']) await page.keyboard.press(key)
  await expect(selected(page)).toHaveText('3 selected')
  await expect(boxes(page).nth(2)).toBeChecked()
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
  await page.keyboard.press('*')
  await expect(selected(page)).toHaveText('50 selected')
  await expect(page.getByRole('checkbox', { name: 'Select this page, 50 users' })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(selected(page)).toHaveText('Nobody selected')
})

/** The employee ID of Björn Sato, of whom the demo has two records. */
async function twoRecords(page: Page): Promise<string> {
  await page.goto('/users?q=b.sato')
  await page.locator('#users [data-row-link]').first().click()
  await expect(page.locator('main')).toContainText(/NW-\d+/)
  const id = (await page.locator('main').innerText()).match(/NW-\d+/)
  expect(id).not.toBeNull()
  return id![0]
}

const list = ['nobody.here@northwind.example;Nobody', '=cmd@northwind.example;Formula']

test('a pasted list, its report, a choice and the rest', async ({ as }) => {
  const { page } = await as('admin')
  const both = await twoRecords(page)
  await page.goto('/users?status=deactivated')
  const gone = await page.locator('#users .below').first().innerText()
  await page.goto('/users?status=active')
  const here = (await page.locator('#users .below').allInnerTexts()).slice(0, 3)
  await page.getByRole('link', { name: 'Paste or upload a list' }).click()
  await rules(page)
  await page.getByRole('button', { name: 'Look up the list' }).click()
  await expect(page.locator('#errors')).toContainText('no line with a person')
  await rules(page)
  await page.getByRole('textbox', { name: /^Lines/ }).fill(['E-Mail;Name', `${both};Sato, Björn`, ...list, `${gone};Gone`, ...here.map((mail) => `${mail};Here`), `${here[0]};Again`].join('\n'))
  await page.getByRole('button', { name: 'Look up the list' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What the list was found to be')
  await expect(page.locator('main')).toContainText('4 found, 2 not found, 1 ambiguous, 1 listed twice. Of those found, 3 still have access and 1 is already out.')
  await expect(page.getByRole('button', { name: 'Continue: preview 3' })).toBeVisible()
  await rules(page)

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download the 3 lines/ }).click()])
  expect(await readFile(await download.path(), 'utf8')).toContain("3,nobody.here@northwind.example,Not found\r\n4,'=cmd@northwind.example,Not found\r\n")
  expect(await readFile(await download.path(), 'utf8')).toContain(`2,${both},Ambiguous\r\n# complete`)

  await page.getByRole('link', { name: /^Ambiguous/ }).click()
  await rules(page)
  await page.getByRole('button', { name: 'Add the people chosen' }).click()
  await expect(page.locator('#errors')).toContainText('No person was chosen')
  await page.getByRole('radio', { name: /Sato/ }).first().check()
  await page.getByRole('button', { name: 'Add the people chosen' }).click()
  await expect(page.locator('main')).toContainText('5 found, 2 not found, 0 ambiguous')
  await page.getByRole('link', { name: /^Not found/ }).click()
  await expect(page.locator('#selected')).toContainText('nobody.here@northwind.example')
  await rules(page)

  await page.getByRole('link', { name: 'Select more in the list' }).click()
  await expect(selected(page)).toHaveText('5 selected')
  await boxes(page).nth(20).check()
  await expect(selected(page)).toHaveText('6 selected')
})

test('a file, and its report by keyboard', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/ops/new')
  await page.getByLabel('Or a file').setInputFiles({ name: 'leavers.csv', mimeType: 'text/csv', buffer: Buffer.from('\uFEFFPersonalnummer;E-Mail\r\n;amara.okafor@northwind.example\r\n') })
  await enter(page, page.getByRole('button', { name: 'Look up the list' }))
  await expect(page.locator('main')).toContainText('leavers.csv, column E-Mail')
  await expect(page.locator('main')).toContainText('Nobody of them can be deactivated. Left out: 1 is you.')
})

test('without JavaScript', async ({ as }) => {
  const { page } = await as('admin', { javaScriptEnabled: false })
  const both = await twoRecords(page)
  await page.goto('/users?status=active')
  await boxes(page).nth(0).check()
  await boxes(page).nth(1).check()
  await page.getByRole('button', { name: 'Continue with selected' }).click()
  await expect(page.locator('main')).toContainText('2 people selected.')
  await expect(page.getByRole('button', { name: 'Continue: preview 2' })).toBeVisible()
  await page.getByRole('link', { name: 'Select more in the list' }).click()
  await expect(selected(page)).toHaveText('2 selected')
  await page.locator('#page-next').click()
  await expect(page).toHaveURL(/sel=/)
  await boxes(page).nth(0).check()
  await page.getByRole('button', { name: 'Continue with selected' }).click()
  await expect(page.locator('main')).toContainText('3 people selected.')
  await page.getByRole('link', { name: 'Select more in the list' }).click()
  await bar(page).getByRole('button', { name: 'Select all that match' }).click()
  await expect(selected(page)).toHaveText(/^Everybody who matches/)

  await page.getByRole('link', { name: 'Users', exact: true }).first().click()
  await page.getByRole('link', { name: 'Paste or upload a list' }).click()
  await page.getByRole('textbox', { name: /^Lines/ }).fill(`amara.okafor@northwind.example\n${both}`)
  await page.getByRole('button', { name: 'Look up the list' }).click()
  await page.getByRole('link', { name: /^Ambiguous/ }).click()
  await page.getByRole('radio', { name: /Sato/ }).first().check()
  await page.getByRole('button', { name: 'Add the people chosen' }).click()
  await expect(page.locator('main')).toContainText('2 found, 0 not found, 0 ambiguous')
})

test('somebody else’s selection is not there', async ({ as }) => {
  const { page } = await as('admin')
  await page.goto('/users?sel=0199f165-0000-4000-8000-000000000000')
  await expect(bar(page)).toContainText('There is no such selection among yours.')
  await rules(page)
})
