import { useState } from 'preact/hooks'
import { address, call, Refusal, worded } from '../core/http.ts'
import { choose, language, t } from '../core/i18n.ts'
import { endedBy, ways, welcome } from '../core/session.ts'
import { Mark } from './icons.tsx'

export async function signIn(username: string, password: string): Promise<void> {
  await call('POST', '/auth/login', { json: { username, password } })
  const found = await call('GET', '/auth/session')
  if (!found.signed_in) throw new Refusal('no_cookies', t().signIn.noCookies, 0)
  welcome(found)
}

/** The company's own sign-in where there is one, and a local account's password. */
export function SignInForm() {
  const words = t().signIn
  const company = ways.value.includes('company')
  const back = address('GET', '/auth/login', { query: { next: `/${location.hash}` } })
  return (
    <div class="stack">
      {company && <a class="primary button" href={back}>{words.sso}</a>}
      {company && <p class="or note">{words.or}</p>}
      {ways.value.includes('password') && <PasswordForm />}
    </div>
  )
}

function PasswordForm() {
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const words = t().signIn
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    setError(null)
    try {
      await signIn(String(fields.get('username')), String(fields.get('password')))
    } catch (failure) {
      const wrong = failure instanceof Refusal && failure.reason === 'unauthenticated'
      setError(wrong ? words.wrong : worded(failure))
    }
    setBusy(false)
  }
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
  const refused = new URLSearchParams(location.search).get('sign_in')?.slice(0, 60)
  const other = language.value === 'zh' ? 'en' : 'zh'
  return (
    <main class="signin">
      <div class="signin-card">
        <Mark />
        <h1>Cloister</h1>
        <p class="motto">{words.motto}</p>
        {endedBy.value && <p class="problem" role="alert">{endedBy.value}</p>}
        {refused && <p class="problem" role="alert">{words.failed(refused)}</p>}
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
