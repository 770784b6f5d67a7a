import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../core/http.ts'
import { labelled, language, t } from '../core/i18n.ts'
import type { Scenario } from '../core/types.ts'
import { Icon } from '../shell/icons.tsx'
import { Menu } from '../shell/menu.tsx'
import { scenario } from './conversation.ts'

const offered = signal<Scenario[]>([])

/** Which kind of work the next questions are; nothing where the caller has none. */
export function Scenarios() {
  const words = t().ask
  useEffect(() => void read(), [language.value])
  if (offered.value.length === 0) return null
  const picked = offered.value.find((one) => one.scenario === scenario.value)
  return (
    <Menu
      label={labelled(words.scenario, picked?.title ?? words.noScenario)}
      kind={picked ? 'scope' : 'scope unset'}
      align="start"
      face={<><Icon name="gear" /><span>{picked ? short(picked.title) : words.scenario}</span><Icon name="down" /></>}
    >
      <fieldset class="choices">
        <legend>{words.scenario}</legend>
        {[{ scenario: '', title: words.noScenario }, ...offered.value].map((one) => (
          <label key={one.scenario}>
            <input
              type="radio"
              name="scenario"
              checked={one.scenario === (picked?.scenario ?? '')}
              onChange={() => (scenario.value = one.scenario)}
            />
            {one.title}
          </label>
        ))}
      </fieldset>
    </Menu>
  )
}

async function read(): Promise<void> {
  try {
    offered.value = (await call('GET', '/api/scenarios', { query: { language: language.value } })).scenarios
  } catch {
    // One can ask all the same.
  }
  // What is not open any more would be refused.
  if (!offered.value.some((one) => one.scenario === scenario.value)) scenario.value = ''
}

const short = (title: string): string => title.split(/[:：]/)[0]!
