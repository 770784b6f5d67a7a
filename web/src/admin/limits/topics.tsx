import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Topic } from '../../core/types.ts'
import { Confirm } from '../../shell/confirm.tsx'
import { Loading } from '../../core/loading.tsx'
import { fieldsOf, Resource } from '../../core/resource.ts'
import { a } from '../words.ts'

/** What the members of a group may ask about. */
export function Topics() {
  const words = a().topic
  const topics = useMemo(() => new Resource('/api/topics', 'topics'), [])
  const ending = useSignal<Topic | null>(null)
  useEffect(() => void topics.load(), [])
  return (
    <section class="stack topics">
      <h2 class="small-head">{words.title}</h2>
      <p class="note">{words.help}</p>
      <AddTopic topics={topics} />
      {topics.error.value && <p class="problem" role="alert">{topics.error.value}</p>}
      <Loading of={topics} />
      <ul class="grants">
        {topics.items.value?.map((one) => (
          <li key={one.group}>
            <span class="holder">{one.group}</span>
            <span class="topic-words">
              {one.allow.length > 0 && <span>{words.only} <span class="tags">{one.allow.map((word) => <span key={word} class="tag good">{word}</span>)}</span></span>}
              {one.deny.length > 0 && <span>{words.not} <span class="tags">{one.deny.map((word) => <span key={word} class="tag bad">{word}</span>)}</span></span>}
            </span>
            <button type="button" class="textual" onClick={() => (ending.value = one)}>{a().remove}</button>
          </li>
        ))}
      </ul>
      {topics.items.value?.length === 0 && <p class="note">{words.none}</p>}
      {ending.value && (
        <Confirm title={a().remove} text={words.confirm(ending.value.group)} act={() => topics.remove(ending.value!.group)} close={() => (ending.value = null)} />
      )}
    </section>
  )
}

function AddTopic({ topics }: { topics: Resource<'/api/topics'> }) {
  const words = a().topic
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text, list } = fieldsOf(event)
    if (await topics.make({ group: text('group'), allow: list('allow'), deny: list('deny') })) form.reset()
  }
  return (
    <form class="facts adding padded" onSubmit={submit}>
      <label class="field"><span>{words.group}</span><input name="group" required spellcheck={false} autocapitalize="none" /></label>
      <label class="field"><span>{words.only}</span><input name="allow" placeholder={words.hint} /></label>
      <label class="field"><span>{words.not}</span><input name="deny" placeholder={words.hint} /></label>
      <div class="row baseline"><button class="primary">{words.add}</button></div>
    </form>
  )
}
