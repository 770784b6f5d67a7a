const PATHS = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  plus: 'M12 5v14M5 12h14',
  less: 'M7 12h10',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  down: 'M6 9l6 6 6-6',
  right: 'M9 6l6 6-6 6',
  left: 'M15 6l-6 6 6 6',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  up: 'M7 11v9H4v-9zM7 11l4-7c1.5 0 2.3 1 2 2.5L12.5 10H19c1 0 1.7 1 1.5 2l-1.3 6.5c-.2 1-1 1.5-1.9 1.5H7',
  bad: 'M7 13V4H4v9zM7 13l4 7c1.5 0 2.3-1 2-2.5L12.5 14H19c1 0 1.7-1 1.5-2l-1.3-6.5C19 4.500 18.200 4 17.300 4H7',
  pin: 'M9 4h6l-1 6 3 3H7l3-3zM12 13v7',
  check: 'M5 12l5 5 9-10',
  book: 'M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11',
  table: 'M4 5h16v14H4zM4 10h16M10 10v9',
  chat: 'M4 5h16v11H9l-5 4z',
  gear: 'M4 8h10M18 8h2M4 16h2M10 16h10M16 6v4M8 14v4',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  upload: 'M12 16V4M7 9l5-5 5 5M4 20h16',
  download: 'M12 4v12M7 11l5 5 5-5M4 20h16',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  warn: 'M12 4l9 16H3zM12 10v4M12 17h.01',
  clip: 'M19 11l-7.500 7.500a4.500 4.500 0 0 1-6.400-6.400L13 4.300a3 3 0 0 1 4.200 4.200l-7.700 7.700a1.500 1.500 0 0 1-2.100-2.100L14 7.500',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
} as const

export type IconName = keyof typeof PATHS

/** A line drawing beside words; it says nothing by itself. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M8 26V15a8 8 0 0 1 16 0v11M12.5 26V15a3.5 3.5 0 0 1 7 0v11" />
    </svg>
  )
}
