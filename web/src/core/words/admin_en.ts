/** What the Administration views say in English. */
export const adminEn = {
  title: 'Administration', people: 'People', grants: 'Workspaces and rights', keys: 'API keys', audit: 'Audit log', status: 'Status',
  add: 'Add', remove: 'Remove', create: 'Create', none: 'Nothing here yet.', cancel: 'Cancel',
  user: {
    name: 'User name', password: 'Password (10 or more characters)', groups: 'Groups', roles: 'Roles', add: 'Add a person', groupsHint: 'Commas between them',
    confirm: (name: string) => `Remove ${name}? Their tokens end at once, their grants with them. The name cannot be given again.`,
    lock: 'Lock', unlock: 'Unlock', offboard: 'Off-board', leaver: (name: string) => `${name} leaves`, heir: 'Hand grants and keys over to (optional)',
    left: (name: string, grants: string, keys: string, documents: string) => `${name} is locked. Grants: ${grants}. Keys: ${keys}. Documents uploaded: ${documents}.`,
    leaverHelp: 'Locked at once; sessions and keys end within a second. What they own is listed, and handed over to a successor.',
    find: 'Name, group or role', rights: 'Rights', may: (workspace: string, actions: string) => `${workspace}: ${actions}`,
  },
  roles: { admin: 'administrator', auditor: 'auditor', manager: 'manager', reviewer: 'reviewer', member: 'member' },
  actions: { ask: 'ask', read: 'read', write: 'write', manage: 'manage', summarise: 'summarise' },
  grant: {
    workspace: 'Workspace', to: 'Who', actions: 'May', add: 'Give a right', toHint: 'group:finance, person:alice, role:manager, app:crm',
    confirm: (to: string, workspace: string) => `Take the rights of ${to} in ${workspace} away? It takes effect at once.`,
    newWorkspace: 'New workspace', name: 'Name', title: 'Title', nobody: 'Nobody may anything here yet.',
    removeWorkspace: 'Remove the workspace', confirmWorkspace: (name: string) => `Remove ${name}? Its name cannot be given again.`,
  },
  key: {
    name: 'System', workspaces: 'Workspaces', bus: 'Also on the bus', expires: 'Expires', add: 'Create a key', never: 'never',
    rotate: 'New secret', rotated: (until: string) => `The secret before it goes on until ${until}.`,
    secret: 'The key, shown this once. Copy it now; Cloister keeps only its digest.', copy: 'Copy', copied: 'Copied', done: 'I have it',
    confirm: (name: string) => `Remove the key of ${name}? It is refused from now on.`, yes: 'yes', no: 'no',
  },
  limits: 'Limits', limit: {
    add: 'Set a limit', to: 'Who', daily: 'Questions a day', opens: 'Opens', closes: 'Closes', days: 'Days', zone: 'Time zone',
    help: 'How many questions a day, and when, for a person, group, role or key.', any: 'any', perDay: (n: string) => `${n} a day`,
    confirm: (to: string) => `Take the limit of ${to} away?`,
    week: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
  },
  log: {
    help: 'Every event, stored before anyone sees what it led to. It holds ids and digests, no content.',
    about: 'Question or document', principal: 'Person or system', kind: 'Kind', since: 'From', until: 'To', follow: 'Follow', following: 'Following',
    anyKind: 'Any kind', at: 'Time', event: 'Event', who: 'Who', where: 'From service', journey: 'Journey', back: 'All records',
    number: 'No.', took: 'after', older: 'Older', newer: 'Newer', none: 'No record fits.', trace: 'Trace', latest: 'Latest',
    kinds: { query: 'Questions', answer: 'Answers', document: 'Documents', access: 'Rights and sign-ins', audit: 'The log itself', ask: 'Asked on the bus' },
  },
  health: {
    ready: 'Everything works.', problems: 'Not everything works:', models: 'Models', handled: 'Handled since the start', event: 'Event', service: 'Service',
    count: 'Count', failed: 'Failed', median: 'Half within', p95: '95 % within', refresh: 'Looked at every 5 seconds.',
    unreachable: 'The status cannot be read; Cloister may be stopped or the network down.', within: (s: string) => `${s} s`,
    index: (share: string) => `${share} % of the index of a new model is built.`,
  },
}

export type AdminWords = typeof adminEn
