import type { ComponentChildren } from 'preact'
import { link } from '../core/route.ts'

interface Shown {
  /** The first part of the page's address; a tab is the second. */
  place: string
  title: string
  tabs: readonly { name: string; label: string }[]
  current: string | undefined
  children: ComponentChildren
}

/** A view of several tabs, each with its own address. */
export function TabbedPage({ place, title, tabs, current, children }: Shown) {
  return (
    <main class="page" id="content" tabIndex={-1}>
      <div class="page-in">
        <header class="page-head">
          <h1>{title}</h1>
          <nav class="tabs" aria-label={title}>
            {tabs.map(({ name, label }) => (
              <a key={name} href={link(place, name)} aria-current={current === name ? 'page' : undefined}>{label}</a>
            ))}
          </nav>
        </header>
        {children}
      </div>
    </main>
  )
}
