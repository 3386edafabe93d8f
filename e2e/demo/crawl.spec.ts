import { gzipSync } from 'node:zlib'
import type { APIResponse } from '@playwright/test'
import { links, personas, test, expect } from '../support/demo'
import { person } from '../support/pages'

// Follows every kind of link from each persona's first page: none is broken, none
// leads to a refusal, and every document keeps the rules that need no browser.

/** The kind of an address: two pages of one kind are alike. */
function kind(href: string): string {
  const { pathname, searchParams } = new URL(href, 'http://console')
  const path = pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id')
    .replace(/\/\d+/g, '/:n')
    .replace(/^\/(roles|attributes)\/(?!new$|new\/|matrix|compare$)[^/]+/, '/$1/:key')
    .replace(/^\/connectors\/new\/[^/]+/, '/connectors/new/:product')
  return [path, ...[...searchParams.keys()].sort()].join(' ')
}

function faults(html: string, answer: APIResponse, href: string): string[] {
  const wrong: string[] = []
  const tags = html.match(/<[a-z][^>]*>/g) ?? []
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i)
  const headers = answer.headers()
  if (answer.status() !== 200) wrong.push(`is answered with ${answer.status()}`)
  if (!/^<!doctype html><html lang="en"/i.test(html)) wrong.push('is no whole document in English')
  if (!/<title>[^<]+ - Northwind Group - Rollcall<\/title>/.test(html)) wrong.push('has no title with the organisation')
  if ((html.match(/<h1/g) ?? []).length !== 1) wrong.push('has not one h1')
  if (twice.length) wrong.push(`has ids twice: ${twice.slice(0, 3)}`)
  for (const tag of tags) {
    if (/\s(style|on[a-z]+|hx-on[^=]*)=/.test(tag)) wrong.push(`has code or style in an attribute: ${tag.slice(0, 80)}`)
    if (/\shx-(get|post|put|delete)=/.test(tag) && !/\shx-nonce=/.test(tag)) wrong.push(`has a request without nonce: ${tag.slice(0, 80)}`)
    if (/\s(href|src|action)="(?!\/(?!\/)|#)/.test(tag)) wrong.push(`leads elsewhere: ${tag.slice(0, 120)}`)
  }
  if (tags.length > 1500) wrong.push(`has ${tags.length} elements, more than 1,500`)
  const bytes = gzipSync(html).length
  if (bytes > 15 * 1024) wrong.push(`weighs ${bytes} bytes, more than 15 KB`)
  if (headers['cache-control'] !== 'no-store') wrong.push('may be kept by a cache')
  if (!headers['vary']?.includes('HX-Request')) wrong.push('does not vary by HX-Request')
  if (!/default-src 'none'/.test(headers['content-security-policy'] ?? '')) wrong.push('has no strict policy')
  return wrong.map((what) => `${href} ${what}`)
}

// What an admin must be able to reach by links alone.
const reachable = [
  '/attention', '/attention/ending', '/attention/standing', '/users', '/users/new', '/users/export', '/users/count',
  '/users/:id', '/users/:id/edit', '/users/:id/suspend', '/users/:id/resume', '/users/:id/deactivate', '/users/:id/reactivate',
  '/users/:id/leaving', '/users/:id/staying', '/users/:id/let-in', '/users/:id/sessions/end', '/users/:id/access', '/users/:id/activity',
  '/users/:id/roles/new', '/users/:id/roles/:n/remove', '/users/:id/roles/:n/until',
  '/roles', '/roles/:key', '/roles/new', '/roles/:key/edit', '/roles/:key/remove', '/roles/matrix', '/roles/matrix/edit', '/roles/compare', '/applications/new', '/permissions/new',
  '/audit', '/audit/:n', '/audit/export', '/attributes', '/attributes/new', '/attributes/:key/edit', '/attributes/:key/remove',
  '/sync', '/sync/drift', '/sync/drift/:id', '/sync/orphans', '/sync/runs', '/sync/runs/:id', '/links', '/links/new', '/links/:id',
  '/connectors', '/connectors/new', '/connectors/new/:product', '/connectors/:id', '/users/:id/signin',
  '/ops', '/ops/:id', '/ops/:id/receipts', '/ops/:id/receipts/csv', '/ops/:id/undo', '/ops/:id/certificates', '/approvals',
  '/me', '/me/sessions', '/users after', '/audit after', '/users sort', '/users view',
]

// People in states of which a walk along the first rows of a list meets none.
const rare = ['/users?status=suspended', '/users?status=deactivated', '/users?status=leaving', '/users?view=pending', '/users?q=jonas.lindqvist']

for (const persona of personas) {
  test(`every link the ${persona} is given leads somewhere`, async ({ as, demo }) => {
    test.setTimeout(300_000) // up to 500 pages, one after the other
    const { context } = await as(persona)
    const waiting = ['/']
    if (persona === 'admin') for (const list of rare) waiting.push(await demo.find(context.request, list, person))
    const counts = new Map<string, number>()
    const wrong: string[] = []
    let read = 0
    while (waiting.length && read < 500) {
      const href = waiting.shift() as string
      const answer = await context.request.get(href)
      const html = await answer.text()
      read++
      wrong.push(...faults(html, answer, href))
      for (const next of links(html)) {
        if (!next.startsWith('/') || next.startsWith('/static/')) continue
        if (/^\/\.well-known\/|\/certificate(\.csv)?(\?|$)/.test(next)) continue // files, not pages
        if (next.includes('rows=')) continue // a choice that is remembered: the budgets are those of the usual 50
        const sort = kind(next)
        const seen = counts.get(sort) ?? 0
        if (seen < (sort === '/users/:id' ? 12 : 2) && !waiting.includes(next)) {
          counts.set(sort, seen + 1)
          waiting.push(next)
        }
      }
    }
    expect(waiting, 'addresses that were not reached within the bound').toEqual([])
    expect(wrong).toEqual([])
    if (persona === 'admin') {
      const kinds = [...counts.keys()]
      expect(reachable.filter((want) => !kinds.some((has) => want.split(' ').every((word) => has.split(' ').includes(word))))).toEqual([])
    }
  })
}
