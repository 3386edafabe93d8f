import type { Page } from '@playwright/test'
import { source } from 'axe-core'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Axe = { run(options: object): Promise<{ violations: { id: string; help: string; nodes: { target: string[]; html: string; any: { message: string }[] }[] }[] }> }

/**
 * Breaches of WCAG 2.2 AA and of good practice that axe finds, one line each.
 * axe stays in the document, so that a page is checked again without reloading it.
 */
export async function breaches(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  return page.evaluate(async (values) => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run({
      runOnly: { type: 'tag', values },
      rules: { 'label-content-name-mismatch': { enabled: true } },
      resultTypes: ['violations'],
    })
    return violations.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} (${node.any[0]?.message ?? rule.help})`),
    )
  }, tags)
}

/**
 * What axe does not see: a page that is wider than its window, and targets that
 * are too small to hit. Links inside of a sentence are excepted (WCAG 2.5.8).
 */
export async function misfits(page: Page): Promise<string[]> {
  return [...(await page.evaluate(tooWide)), ...(await page.evaluate(tooSmall))]
}

/** Runs in the page. */
function tooWide(): string[] {
  const root = document.documentElement
  if (root.scrollWidth <= window.innerWidth) return []
  const scrolls = (e: Element): boolean => getComputedStyle(e).overflowX !== 'visible' || (!!e.parentElement && e.parentElement !== root && scrolls(e.parentElement))
  const culprits = [...document.body.querySelectorAll('*')].filter(
    (e) => e.getBoundingClientRect().right > window.innerWidth + 1 && !(e.parentElement && scrolls(e.parentElement)),
  )
  return [`the page is ${root.scrollWidth} px wide in ${window.innerWidth} px: ${culprits.slice(0, 4).map((e) => e.outerHTML.slice(0, 90)).join(' | ')}`]
}

/** Runs in the page. */
function tooSmall(): string[] {
  const seen = (e: Element) => {
    const box = e.getBoundingClientRect()
    return box.width > 1 && box.height > 1 && getComputedStyle(e).visibility !== 'hidden' && !e.closest('.vh, .skip') && !e.closest('details:not([open]) > :not(summary)')
  }
  const inSentence = (e: Element) => {
    const block = e.closest('p, li, td, dd, div, label, section')
    const words = document.createTreeWalker(block ?? e, NodeFilter.SHOW_TEXT)
    for (let text = words.nextNode(); text; text = words.nextNode()) {
      if (!e.contains(text) && /\w/.test(text.textContent ?? '') && !text.parentElement?.closest('a, button, .vh')) return true
    }
    return false
  }
  const wrong: string[] = []
  for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (!seen(e)) continue
    if (e.tagName === 'A' && getComputedStyle(e).display === 'inline' && inSentence(e)) continue
    let { width, height } = e.getBoundingClientRect()
    // A checkbox is hit through its label too.
    for (const label of (e as HTMLInputElement).labels ?? []) {
      const box = label.getBoundingClientRect()
      width += box.width
      height = Math.max(height, box.height)
    }
    if (width < 23.5 || height < 23.5) wrong.push(`a target of ${width.toFixed(1)} x ${height.toFixed(1)} px: ${e.outerHTML.slice(0, 140)}`)
  }
  return wrong
}
