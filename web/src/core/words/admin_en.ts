/** What the Administration views say in English. */
export const adminEn = {
  title: 'Administration', people: 'People', grants: 'Workspaces and rights', keys: 'API keys', audit: 'Audit log', status: 'Status',
  add: 'Add', remove: 'Remove', create: 'Create', cancel: 'Cancel',
  user: {
    name: 'User name', password: 'Password (10 or more characters)', groups: 'Groups', roles: 'Roles', add: 'Add a person', groupsHint: 'Commas between them',
    offboard: 'Off-board', leaver: (name: string) => `${name} leaves`, heir: 'Hand grants and keys over to (optional)',
    left: (name: string, grants: string, keys: string, documents: string) => `${name} is locked. Grants: ${grants}. Keys: ${keys}. Documents uploaded: ${documents}.`,
    leaverHelp: 'Locked at once; sessions and keys end within a second. What they own is listed, and handed over to a successor. They can be unlocked later; what was handed over stays with the successor.',
    acts: 'What can be done', actsOf: (name: string) => `Actions for ${name}`, locked: 'locked', template: 'Role',
    act: { template: 'Give a role', change: 'Change groups and roles', password: 'New password', sessions: 'Sessions', logout: 'Sign out everywhere', lock: 'Lock', unlock: 'Unlock', offboard: 'Off-board', remove: 'Remove' },
    asks: {
      lock: (name: string) => `Lock ${name}? Sessions, tokens and keys end within a second, and what is being written for them too. They can be unlocked.`,
      unlock: (name: string) => `Let ${name} sign in again?`,
      logout: (name: string) => `Sign ${name} out of every browser and program? They may sign in again.`,
      remove: (name: string) => `Remove ${name}? Their tokens end at once, their grants with them. This cannot be undone, and the name cannot be given again. Lock them instead if they may come back.`,
      template: (name: string) => `${name} gets the groups, roles and grants of a template; what they have stays.`,
    },
    find: 'Name, group or role', rights: 'Rights', may: (workspace: string, actions: string) => `${workspace}: ${actions}`,
  },
  session: {
    title: 'Sessions', browser: 'Browser', way: 'Signed in with', ways: { password: 'a password', company: 'the company’s account' }, address: 'Address',
    since: 'Since', seen: 'Last seen', until: 'Until', here: 'this browser', end: 'End the session',
    confirm: (name: string, browser: string, here: boolean) => `End the session of ${name} in ${browser}? ${here ? 'It is this browser: you will be signed out.' : 'On the next click they read that an administrator ended it.'} They may sign in again.`,
    none: (name: string) => `${name} is signed in in no browser. Programs that use a token are not listed; “Sign out everywhere” ends them, too.`,
    unreachable: 'The company’s sign-in service could not be told. The session is over here; there it goes on until it ends by itself.',
  },
  actions: { ask: 'ask', read: 'read', write: 'write', manage: 'manage', summarise: 'summarise' },
  group: {
    title: 'Groups and roles', name: 'Group', members: 'Members', rights: 'Rights', nobody: 'nobody now', roles: 'Role templates', role: 'Template', brings: 'Brings',
    help: 'A group is there while somebody is in it or a right names it. Change who is in it at each person under People, and its rights under Workspaces and rights.',
    rolesHelp: 'A template is given to a person under People. The file CLOISTER_AUTH_ROLE_TEMPLATES changes them.', none: 'No groups yet. Name one at a person, or in a right.',
  },
  grant: {
    workspace: 'Workspace', to: 'Who', add: 'Give a right', toHint: 'group:finance, person:alice, role:manager, app:crm',
    confirm: (to: string, workspace: string) => `Take the rights of ${to} in ${workspace} away? It takes effect at once; they can be given again.`,
    newWorkspace: 'New workspace', name: 'Name', title: 'Title', nobody: 'Nobody may anything here yet. Give somebody a right above.',
    deny: 'Keep out instead', denied: 'kept out of',
    whyHere: 'Who may what here, and why?', why: 'Why?', whoHint: 'person:bob, group:finance, app:crm',
    unknown: (who: string) => `There is no ${who} now.`, knownAs: (who: string, names: string) => `${who} is also ${names}.`,
    because: {
      grant: (to: string) => `by the grant to ${to}`, deny: (to: string) => `kept out with ${to}`, admin: () => 'as an administrator',
      key: () => 'by what the key was made for', locked: () => 'the account is locked', none: () => 'nothing grants it',
    },
    removeWorkspace: 'Remove the workspace', confirmWorkspace: (name: string) => `Remove ${name}? Nobody finds its documents any more, its grants end, and its name cannot be given again. This cannot be undone.`,
  },
  key: {
    none: 'No keys yet. Create one for each system that calls Cloister.', may: 'May', owner: 'Owner', pick: 'Choose at least one workspace.',
    name: 'System', workspaces: 'Workspaces', bus: 'Also on the bus', expires: 'Expires', add: 'Create a key', never: 'never',
    rotate: 'New secret', confirmRotate: (name: string) => `A new secret for ${name}? The present one goes on for 24 hours, so that the system can be changed meanwhile. This cannot be undone.`,
    rotated: (until: string) => `The secret before it goes on until ${until}.`,
    secret: 'The key, shown this once. Copy it now; Cloister keeps only its digest.', copy: 'Copy', copied: 'Copied', done: 'I have it',
    confirm: (name: string) => `Remove the key of ${name}? It is refused from now on. This cannot be undone; a new key gets another name.`, yes: 'yes', no: 'no',
  },
  directory: {
    title: 'Company directory', sync: 'Read everybody now', busy: 'Reading …', has: (people: string, groups: string) => `${people} people in ${groups} groups`,
    at: (when: string) => `last read whole: ${when}`,
  },
  topic: {
    none: 'No topics: every group may ask about everything.',
    title: 'Topics', help: 'What the members of a group may ask about: only questions with one of these words, and none with one of those.',
    group: 'Group', only: 'Only with', not: 'Not with', hint: 'Commas between the words', add: 'Set topics', confirm: (group: string) => `Take the topics of ${group} away? They may then ask about everything; topics can be set again.`,
  },
  queue: {
    title: 'Queue', waiting: 'Waiting', answering: 'Being answered', slots: 'of all slots', next: 'A new question begins', atOnce: 'at once', oldest: 'Waits longest',
    lately: 'Waiting in the last five minutes', pool: 'Pool', pace: (time: string) => `an answer takes about ${time}`, worker: 'Worker', busy: 'Busy', models: 'Models', away: 'its engine does not answer',
    noWorker: 'No worker.', nobody: 'No worker is there: questions wait. Start one with `cloister up`, or look at the engine.',
    help: 'Looked at every 2 seconds. People, business systems and batches share the slots 8 : 3 : 1 unless it is set otherwise.',
    lanes: { interactive: 'People', system: 'Business systems', batch: 'Batches' },
  },
  usage: {
    title: 'Usage', month: 'Month', questions: 'Questions', people: 'People', median: 'Half answered within', slowest: '95 % answered within', hours: 'Hours saved', useful: 'Found useful',
    change: (by: string) => `${by} against the month before`, days: 'Questions each day', outcomes: 'Outcomes', departments: 'Questions by department',
    outcome: { answered: 'answered', not_found: 'not in the documents', refused: 'refused or failed' },
    workspaces: 'Passages by workspace', gpu: 'Seconds of work by department', costs: 'Costs by department', noDepartment: 'no department',
  },
  sources: {
    title: 'Sources', help: 'The business systems of connectors.toml. Each is tried when this view opens.', again: 'Try again', trying: 'Trying each source …', none: 'No source is declared. See docs/business-data.md.',
    well: 'works', trouble: 'trouble', has: (tables: string, queries: string) => `${tables} tables, ${queries} named queries`, open: (names: string) => `for ${names}`,
  },
  alert: {
    title: 'Alerts', help: 'What the rules of the audit log noticed in the last 30 days. The rules are in CLOISTER_AUDIT_RULES.', bans: 'Kept out now', until: (when: string, rule: string) => `until ${when}, by ${rule}`,
    lift: 'Let in again', none: 'No rule noticed anything. There is nothing to do.', at: 'Time', who: 'Who', rule: 'Rule', value: 'Counted', act: 'Followed by', seen: 'Looked at by', acknowledge: 'I looked at it',
    whys: {} as Record<string, string>, // the rules' own words are English
    note: 'What you found out (optional)', acts: { note: 'nothing', alert: 'alert', ban: 'kept out for a time', lock: 'locked' },
  },
  limits: 'Limits and topics', limit: {
    none: 'No limits: everybody may ask as much as they like, at any time.',
    add: 'Set a limit', to: 'Who', daily: 'Questions a day', opens: 'Opens', closes: 'Closes', days: 'Days', zone: 'Time zone',
    help: 'How many questions a day, and when, for a person, group, role or key.', perDay: (n: string) => `${n} a day`,
    confirm: (to: string) => `Take the limit of ${to} away? It can be set again.`,
    week: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
  },
  log: {
    help: 'Every event, stored before anyone sees what it led to. It holds ids and digests, no content.',
    about: 'Question or document', principal: 'Person or system', kind: 'Kind', since: 'From', until: 'To', follow: 'Follow', following: 'Following',
    anyKind: 'Any kind', at: 'Time', event: 'Event', who: 'Who', journey: 'Journey', back: 'All records',
    number: 'No.', began: 'Began', lasted: 'Lasted', older: 'Older', newer: 'Newer', none: 'No record fits. Clear a filter, or take a longer time.', trace: 'Trace',
    facts: {
      lane: 'lane', department: 'department', workspaces: 'workspaces', model: 'model', finish: 'ended', reason: 'reason', status: 'status', pool: 'pool', rows: 'rows',
      duration_ms: 'milliseconds', attempt: 'attempt', stage: 'stage', chunks: 'pieces', passages: 'passages', citations: 'citations',
    },
    kinds: { query: 'Questions', answer: 'Answers', document: 'Documents', access: 'Rights and sign-ins', audit: 'The log itself', ask: 'Asked on the bus' },
  },
  health: {
    parts: {
      process: 'Process', gateway: 'Gateway', auth: 'Accounts and rights', ingestion: 'Documents', connectors: 'Business data', retrieval: 'Search', dispatch: 'Queue',
      inference: 'Workers', audit: 'Audit log', bus: 'message bus', tables: 'tables', accounts: 'accounts', issuer: 'company sign-in', log: 'log', index: 'index', engine: 'engine',
      declarations: 'declarations',
    },
    ready: 'Everything works.', models: 'Models', handled: 'Handled since the start', event: 'Event', service: 'Service',
    count: 'Count', failed: 'Failed', median: 'Half within', p95: '95 % within',
    help: 'Each part is asked how it is: services and the index every 5 seconds, the others every 30.',
    checking: 'being checked …', absent: 'not set up', unsigned: 'no checkpoint is signed yet', indexElsewhere: 'told by the metrics of the search service',
    unreachable: 'The status cannot be read; Cloister may be stopped or the network down.',
    services: 'Services', indexName: 'Index', whole: 'whole', workers: 'Workers', workersSeen: (n: string, slots: string, waiting: string) => `workers: ${n}, slots: ${slots}, waiting: ${waiting}`,
    signed: (n: string) => `signed up to record ${n}`, sourcesSeen: (n: string) => `${n} declared`,
    index: (share: string) => `${share} of the index of a new model is built.`,
  },
}

export type AdminWords = typeof adminEn
