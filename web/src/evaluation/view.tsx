import { signal, type Signal, useSignal } from '@preact/signals'
import { Coded } from '../core/coded.tsx'
import { call, worded } from '../core/http.ts'
import { number } from '../core/i18n.ts'
import { managed } from '../core/session.ts'
import { languageOf, type Question, read, WrongLine } from './dataset.ts'
import { Results } from './results.tsx'
import { Run } from './run.ts'
import { e } from './words.ts'
import '../styles/admin.css'
import '../styles/data.css'

/** The newest run; it goes on while one looks at something else. */
const run: Signal<Run | null> = signal(null)

/** Questions whose document is known: asked, measured, and told one by one. */
export function Evaluation() {
  const words = e()
  const set = useSignal<Question[]>([])
  const problem = useSignal<(() => string) | null>(null) // told in the language of the page, also when that changes
  const take = (found: () => Promise<Question[]>) => void found().then(
    (questions) => {
      set.value = questions
      problem.value = questions.length ? null : () => e().emptySet
    },
    (failure) => (problem.value = () => (failure instanceof WrongLine ? e().wrong(number(failure.line), e().remedies[failure.field]) : (worded(failure) ?? ''))),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    run.value = new Run(set.value, String(fields.get('workspace')), fields.get('answers') === 'on')
    void run.value.go()
  }
  return (
    <section class="stack">
      <p class="note"><Coded text={words.help} /></p>
      <form class="facts adding padded" onSubmit={submit}>
        <label class="field"><span>{words.workspace}</span>
          <select name="workspace" required>{managed.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}</select>
        </label>
        <label class="field half"><span>{words.file}</span>
          <input type="file" accept=".jsonl,.ndjson,.json,.txt" onChange={(event) => {
            const [file] = (event.currentTarget as HTMLInputElement).files ?? []
            if (file) take(() => file.text().then(read))
          }} />
        </label>
        <div class="row baseline"><button type="button" class="secondary" onClick={(event) => {
          const form = new FormData((event.currentTarget as HTMLElement).closest('form')!)
          take(() => judged(String(form.get('workspace'))))
        }}>{words.judged}</button></div>
        <label class="check wide"><input type="checkbox" name="answers" />{words.answers}</label>
        {problem.value && <p class="problem" role="alert"><Coded text={problem.value()} /></p>}
        <div class="row"><button class="primary" disabled={!set.value.length || run.value?.going.value}>{words.run(number(set.value.length))}</button></div>
      </form>
      {run.value && <Results run={run.value} />}
    </section>
  )
}

/** What people found useful, with what the answer cited first. */
async function judged(workspace: string): Promise<Question[]> {
  const { feedback } = await call('GET', '/api/feedback', { query: { workspace, useful: true } })
  const asked = new Map(feedback.filter((one) => one.question && one.title).map((one) => [one.question, one]))
  return [...asked.values()].map(({ question, title, page }, i) => ({ line: i + 1, question, document: title!, page: page ?? null, language: languageOf(question) }))
}
