const LONGEST = 200

export interface Picked {
  file: File
  title: string
}

/** The files of an input; of a folder with the way from it in their titles, as folders in step have them. */
export const picked = (files: FileList | null): Picked[] =>
  [...(files ?? [])].filter((file) => !hidden(file.name)).map((file) => ({ file, title: titled(below(file.webkitRelativePath) || file.name) }))

/** What was dropped, folders with all that is in them. */
export async function dropped(transfer: DataTransfer): Promise<Picked[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const found: Picked[] = []
  for (const entry of entries) {
    // One folder alone is the root of its titles.
    const root = entry.isDirectory && entries.length === 1 ? '' : entry.name
    await walk(entry, root, found)
  }
  return found
}

async function walk(entry: FileSystemEntry, path: string, found: Picked[]): Promise<void> {
  if (hidden(entry.name)) return
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    found.push({ file, title: titled(path || file.name) })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A reader gives at most a hundred at once, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (!some.length) return
    for (const one of some) await walk(one, path ? `${path}/${one.name}` : one.name, found)
  }
}

const hidden = (name: string): boolean => /^(\.|~\$)|^(Thumbs\.db|desktop\.ini)$/i.test(name)

const below = (path: string): string => path.split('/').slice(1).join('/')

/** The end of a long way tells more than its beginning. */
const titled = (path: string): string => (path.length <= LONGEST ? path : `…${path.slice(1 - LONGEST)}`)
