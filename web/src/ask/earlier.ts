// Characters that one task draws: about 20 ms on a quiet desk computer. A turn has parts beside its text.
const TASK = 4000
const TURN = 300

/** From which turn on one more task draws, where those from `from` on are drawn: at least one more. */
export function earlier(lengths: readonly number[], from: number): number {
  let room = TASK
  let first = from
  while (first > 0 && (room > 0 || first === from)) {
    first -= 1
    room -= TURN + (lengths[first] ?? 0)
  }
  return first
}
