import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { go, link, route } from '../core/route.ts'
import type { ConversationItem } from '../core/types.ts'
import { drawer } from '../shell/app.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { Icon } from '../shell/icons.tsx'
import { Menu } from '../shell/menu.tsx'
import { asMarkdown, asWord } from './export.ts'
import { ShareDialog, SharedList } from './sharing.tsx'
import { amend, conversation, type Conversation, forget, listed, listError, refresh, sought, total } from './conversation.ts'

let timer = 0

/** Earlier conversations: looked for, renamed, pinned, deleted. */
export function HistoryList() {
  useEffect(() => void refresh(), [])
  const words = t().history
  return (
    <section class="history" aria-label={words.title}>
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={sought.value}
          onInput={(event) => {
            sought.value = (event.currentTarget as HTMLInputElement).value
            clearTimeout(timer)
            timer = window.setTimeout(() => void refresh(), 150)
          }}
        />
      </label>
      <div class="history-list">
        {listError.value && (
          <p class="note">
            {words.failed}{' '}
            <button type="button" class="textual" onClick={() => void refresh()}>{t().actions.retry}</button>
          </p>
        )}
        {grouped(listed.value).map(([name, items]) => (
          <div key={name}>
            <h2>{words[name]}</h2>
            <ul>{items.map((item) => <Item key={item.conversation} item={item} />)}</ul>
          </div>
        ))}
        <SharedList />
        {!listed.value.length && !listError.value && <p class="note">{sought.value ? words.none : words.empty}</p>}
        {listed.value.length < total.value && (
          <button type="button" class="textual" onClick={() => void refresh(true)}>{t().actions.loadMore}</button>
        )}
      </div>
    </section>
  )
}

type Group = 'pinned' | 'today' | 'week' | 'earlier'

function grouped(items: ConversationItem[]): [Group, ConversationItem[]][] {
  const groups = new Map<Group, ConversationItem[]>()
  for (const item of items) {
    const name = item.pinned ? 'pinned' : age(item.updated_at)
    groups.set(name, [...(groups.get(name) ?? []), item])
  }
  return [...groups]
}

function age(iso: string): Group {
  const at = new Date(iso)
  if (at.toDateString() === new Date().toDateString()) return 'today'
  return Date.now() - at.getTime() < 7 * 86_400_000 ? 'week' : 'earlier'
}

function Item({ item }: { item: ConversationItem }) {
  const trouble = useSignal<string | null>(null)
  const attempt = (act: Promise<unknown>) => {
    trouble.value = null
    act.catch((failure) => (trouble.value = worded(failure)))
  }
  const asked = useSignal<'rename' | 'share' | 'remove' | null>(null)
  const words = t().history
  const here = route.value[0] === 'ask' && route.value[1] === item.conversation
  return (
    <li class={here ? 'here' : ''}>
      <a
        href={link('ask', item.conversation)}
        aria-current={here ? 'page' : undefined}
        title={item.title}
        onClick={() => (drawer.value = false)}
      >
        {item.title}
      </a>
      <Menu label={words.actions(item.title)} face={<Icon name="more" />}>
        <button type="button" class="item" data-closes onClick={() => attempt(amend(item.conversation, { pinned: !item.pinned }))}>
          {item.pinned ? words.unpin : words.pin}
        </button>
        <button type="button" class="item" data-closes onClick={() => (asked.value = 'rename')}>{words.rename}</button>
        <button type="button" class="item" data-closes onClick={() => (asked.value = 'share')}>{t().sharing.share}</button>
        <button type="button" class="item" data-closes onClick={() => attempt(loaded(item).then(asMarkdown))}>{words.asMarkdown}</button>
        <button type="button" class="item" data-closes onClick={() => attempt(loaded(item).then(asWord))}>{words.asWord}</button>
        <button type="button" class="item" data-closes onClick={() => attempt(printed(item))}>{words.asPdf}</button>
        <button type="button" class="item danger" data-closes onClick={() => (asked.value = 'remove')}>{words.remove}</button>
      </Menu>
      {trouble.value && <p class="problem" role="alert">{trouble.value}</p>}
      {asked.value === 'rename' && <Rename item={item} close={() => (asked.value = null)} />}
      {asked.value === 'share' && <ShareDialog id={item.conversation} close={() => (asked.value = null)} />}
      {asked.value === 'remove' && <Remove item={item} here={here} close={() => (asked.value = null)} />}
    </li>
  )
}

async function loaded(item: ConversationItem): Promise<Conversation> {
  const found = conversation(item.conversation)
  if (!found.exchanges.value.length) await found.load()
  if (found.error.value) throw new Error(found.error.value)
  return found
}

/** The browser's own print dialog, which also saves as PDF; the conversation is opened for it. */
async function printed(item: ConversationItem): Promise<void> {
  await loaded(item)
  drawer.value = false
  go(['ask', item.conversation])
  await new Promise((drawn) => setTimeout(drawn, 100))
  print()
}

function Rename({ item, close }: { item: ConversationItem; close: () => void }) {
  const error = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const title = String(new FormData(event.currentTarget as HTMLFormElement).get('title')).trim()
    try {
      if (title) await amend(item.conversation, { title })
      close()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <Dialog title={t().history.rename} close={close} kind="small">
      <form class="stack" onSubmit={submit}>
        <label class="field">
          <span>{t().history.newTitle}</span>
          <input name="title" defaultValue={item.title} maxLength={200} required autofocus />
        </label>
        {error.value && <p class="problem" role="alert">{error.value}</p>}
        <div class="row end"><button class="primary">{t().actions.save}</button></div>
      </form>
    </Dialog>
  )
}

function Remove({ item, here, close }: { item: ConversationItem; here: boolean; close: () => void }) {
  const error = useSignal<string | null>(null)
  const remove = async () => {
    try {
      await forget(item.conversation)
      if (here) go(['ask'])
      close()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <Dialog title={t().history.remove} close={close} kind="small">
      <p>{t().history.confirm(item.title)}</p>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      <div class="row end">
        <button type="button" class="secondary" onClick={close}>{t().actions.cancel}</button>
        <button type="button" class="primary danger" onClick={() => void remove()}>{t().actions.remove}</button>
      </div>
    </Dialog>
  )
}
