import { useEffect } from 'preact/hooks'
import { link, route } from '../core/route.ts'
import { Queries } from './queries.tsx'
import { Schedules } from './schedules.tsx'
import { d } from './words.ts'
import '../styles/knowledge.css'
import '../styles/admin.css'
import '../styles/data.css'

/** Exact figures of business systems, and questions that are asked by the clock. */
export function Data() {
  const words = d()
  const [, tab = 'queries', name] = route.value
  useEffect(() => {
    document.title = `${words.title} · Cloister`
  }, [words])
  return (
    <main class="page" id="content" tabIndex={-1}>
      <div class="page-in">
        <header class="page-head">
          <h1>{words.title}</h1>
          <nav class="tabs" aria-label={words.title}>
            {(['queries', 'schedules'] as const).map((one) => (
              <a key={one} href={link('data', one)} aria-current={tab === one ? 'page' : undefined}>{words[one]}</a>
            ))}
          </nav>
        </header>
        {tab === 'schedules' ? <Schedules /> : <Queries name={name} />}
      </div>
    </main>
  )
}
