const LONGEST = 200
const ASKED = 100 // items of one drop

interface Picked {
  file: File
  title: string
}

/** The files of an input; of a folder with the way from it in their titles, as folders in step have them. */
export const picked = (files: FileList | null): Picked[] =>
  [...(files ?? [])].flatMap((file) => named(file, below(file.webkitRelativePath) || file.name))

/** What was dropped, folders with all that is in them. What is dropped can be taken only before the first `await`. */
export async function dropped(transfer: DataTransfer): Promise<Picked[]> {
  const taken = takenFrom(transfer.items)
  // One folder alone is the root of its titles.
  const root = (entry: FileSystemEntry) => (entry.isDirectory && taken.length === 1 ? '' : entry.name)
  return (await Promise.all(taken.map((one) => (one instanceof File ? named(one, one.name) : walk(one, root(one)))))).flat()
}

/** Chromium waits for another process at each entry, .3 ms; of many items those that are named as files are taken as such. */
function takenFrom(items: DataTransferItemList): (File | FileSystemEntry)[] {
  const files = [...items].filter((item) => item.kind === 'file')
  const each = files.map((item) => {
    const file = files.length > ASKED ? item.getAsFile() : null
    return file?.type ? file : item.webkitGetAsEntry()
  })
  return each.filter((one) => one !== null)
}

async function walk(entry: FileSystemEntry, path: string): Promise<Picked[]> {
  if (hidden(entry.name)) return []
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return named(file, path || file.name)
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Picked[] = []
  // A reader gives at most a hundred at once, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (!some.length) return found
    const below = await Promise.all(some.map((one) => walk(one, path ? `${path}/${one.name}` : one.name)))
    found.push(...below.flat())
  }
}

const named = (file: File, path: string): Picked[] => (hidden(file.name) ? [] : [{ file, title: titled(path) }])

const hidden = (name: string): boolean => /^(\.|~\$)|^(Thumbs\.db|desktop\.ini)$/i.test(name)

const below = (path: string): string => path.split('/').slice(1).join('/')

/** The end of a long way tells more than its beginning. */
const titled = (path: string): string => (path.length <= LONGEST ? path : `…${path.slice(1 - LONGEST)}`)
