import type { BrowserContext, Page } from '@playwright/test'

/**
 * Notes what no page may do: script faults, refusals of the content security
 * policy, words on the console, and requests to other hosts.
 */
export class Watch {
  readonly faults: string[] = []
  readonly requests: string[] = []
  private pages = new Set<Page>()

  constructor(context: BrowserContext, private origins: string[]) {
    context.on('page', (page) => this.follow(page))
    for (const page of context.pages()) this.follow(page)
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (protocol === 'data:' || protocol === 'blob:') this.faults.push(`an inlined resource: ${request.url().slice(0, 60)}`)
      else if (!this.origins.includes(origin)) this.faults.push(`a request to another host: ${request.url()}`)
      this.requests.push(request.url())
    })
  }

  private follow(page: Page): void {
    if (this.pages.has(page)) return
    this.pages.add(page)
    page.on('pageerror', (error) => this.faults.push(`a script failed on ${page.url()}: ${error.message}`))
    page.on('crash', () => this.faults.push(`the page crashed: ${page.url()}`))
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return
      // The browser itself says that a page was refused or not found; those pages are wanted here.
      if (/^Failed to load resource: the server responded with a status of (400|403|404|409|422|503)/.test(message.text())) return
      this.faults.push(`the console says "${message.text()}" on ${page.url()}`)
    })
  }
}
