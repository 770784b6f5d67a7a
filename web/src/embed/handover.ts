import { call, worded } from '../core/http.ts'
import { bear, me, unreached, welcome } from '../core/session.ts'

/** This page stands in another one, which may have signed its person in already. */
export const embedded = location.pathname === '/embed'

const AGAIN = 3000 // ms

/** Who the surrounding page says it is: its server's token, else this browser's own sign-in. */
export async function begin(): Promise<void> {
  const token = embedded ? await handed() : ''
  if (token) return accept(token)
  try {
    welcome(await call('GET', '/auth/session'))
  } catch (error) {
    if (me.value !== undefined) return
    unreached.value = worded(error)
    setTimeout(() => void begin(), AGAIN)
  }
}

async function accept(token: string): Promise<void> {
  bear(token)
  const found = await call('GET', '/api/me').catch(() => null)
  if (!found) bear('')
  welcome(found ? { signed_in: true, ways: [], me: found } : { signed_in: false, ways: ['password'] })
}

/** A token for the asking. Only the page around this one may answer, and the policy says which pages those are. */
export function handed(): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(''), 5000)
    const hear = (event: MessageEvent<{ cloister?: string; token?: string } | null>) => {
      if (event.source === parent && event.data?.cloister === 'token') done(event.data.token ?? '')
    }
    const done = (token: string) => {
      clearTimeout(timer)
      removeEventListener('message', hear)
      resolve(token)
    }
    addEventListener('message', hear)
    // It says nothing but that a token is wanted: any origin may hear it.
    parent.postMessage('cloister:token', '*')
  })
}

/** A token ended: another one is asked for, once; the call is then made again. */
export async function renewed(): Promise<boolean> {
  const token = embedded ? await handed() : ''
  if (token) bear(token)
  return token !== ''
}
