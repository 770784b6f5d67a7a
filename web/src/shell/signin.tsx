import { useState } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { choose, language, t } from '../core/i18n.ts'
import { keep, welcome } from '../core/session.ts'
import type { Me } from '../core/types.ts'
import { Mark } from './icons.tsx'

export async function signIn(username: string, password: string): Promise<void> {
  const { access_token } = await call<{ access_token: string }>('POST', '/api/login', { json: { username, password } })
  keep(access_token)
  welcome(await call<Me>('GET', '/api/me'))
}

/** Name and password of a local account. */
export function SignInForm() {
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    setError(null)
    try {
      await signIn(String(fields.get('username')), String(fields.get('password')))
    } catch (failure) {
      setError(worded(failure))
    }
    setBusy(false)
  }
  const words = t().signIn
  return (
    <form class="stack" onSubmit={submit}>
      <label class="field">
        <span>{words.username}</span>
        <input name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus />
      </label>
      <label class="field">
        <span>{words.password}</span>
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {error && <p class="problem" role="alert">{error}</p>}
      <button class="primary" disabled={busy}>{busy ? words.busy : words.submit}</button>
    </form>
  )
}

/** The first page of who is not signed in. */
export function SignIn() {
  const words = t().signIn
  const other = language.value === 'zh' ? 'en' : 'zh'
  return (
    <main class="signin">
      <div class="signin-card">
        <Mark />
        <h1>Cloister</h1>
        <p class="motto">{words.motto}</p>
        <SignInForm />
        <footer>
          <span>{words.inside}</span>
          <button type="button" class="textual" lang={other} onClick={() => choose(other)}>
            {other === 'zh' ? '中文' : 'English'}
          </button>
        </footer>
      </div>
    </main>
  )
}
