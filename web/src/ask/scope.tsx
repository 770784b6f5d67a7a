import { labelled, t } from '../core/i18n.ts'
import { askable } from '../core/session.ts'
import { Icon } from '../shell/icons.tsx'
import { Menu } from '../shell/menu.tsx'
import { choose, chosen } from './conversation.ts'

/** Which workspaces are asked: all that are open, or some. */
export function Scope() {
  const words = t().ask
  const open = askable.value
  const picked = open.filter((one) => chosen.value.includes(one.workspace))
  if (open.length === 0) return <span />
  const label =
    open.length === 1 ? open[0]!.title || open[0]!.workspace
    : picked.length === 0 || picked.length === open.length ? words.all(open.length)
    : picked.length === 1 ? picked[0]!.title || picked[0]!.workspace
    : words.some(picked.length)
  const toggle = (name: string, on: boolean) => {
    const names = picked.map((one) => one.workspace).filter((one) => one !== name)
    choose(on ? [...names, name] : names)
  }
  return (
    <Menu
      label={labelled(words.where, label)}
      kind="scope"
      align="start"
      face={<><Icon name="book" /><span>{label}</span>{open.length > 1 && <Icon name="down" />}</>}
    >
      <fieldset class="choices">
        <legend>{words.where}</legend>
        <label>
          <input type="checkbox" checked={picked.length === 0} onChange={() => choose([])} />
          {words.everywhere}
        </label>
        {open.map((one) => (
          <label key={one.workspace}>
            <input
              type="checkbox"
              checked={picked.includes(one)}
              onChange={(event) => toggle(one.workspace, (event.currentTarget as HTMLInputElement).checked)}
            />
            {one.title || one.workspace}
          </label>
        ))}
      </fieldset>
    </Menu>
  )
}
