/** What the Knowledge views say in English. */
export const knowledgeEn = {
  title: 'Knowledge', documents: 'Documents', due: 'Due for review', search: 'Search test', evaluation: 'Evaluation', opinions: 'Opinions',
  workspace: 'Workspace', everywhere: 'All workspaces', status: 'Status', anyStatus: 'Any status', find: 'Part of a title',
  statuses: { received: 'received', parsing: 'reading', indexing: 'indexing', indexed: 'in use', rejected: 'rejected', removed: 'removed', superseded: 'superseded' },
  vectors: (share: string, seconds: number) =>
    `by words; ${share} by meaning${seconds > 90 ? `, about ${Math.round(seconds / 60)} min left` : seconds ? `, about ${seconds} s left` : ''}`,
  withdrawn: 'withdrawn', expired: 'expired', notYet: 'not in force yet', limited: 'limited readers',
  columns: { title: 'Title', workspace: 'Workspace', status: 'Status', pages: 'Pages', changed: 'Changed', owner: 'Owner', review: 'Review' },
  count: (n: string) => `${n} documents`, shown: (from: string, to: string, all: string) => `${from}–${to} of ${all}`,
  previous: 'Previous', next: 'Next', empty: 'No documents here yet. Drop files anywhere on this page, or add them above.', none: 'No document fits. Change the filter or the workspace.', noneDue: 'Nothing is due in the next 30 days. Set “Review on” in a document to have it listed here in time.',
  newest: (when: string) => `Newest change: ${when}`, rejectedCount: (n: string) => `${n} rejected`, dueCount: (n: string) => `${n} due for review within 30 days`,
  upload: {
    button: 'Add documents', folder: 'Add a folder', into: 'Into', drop: 'Drop files or folders here',
    dropInto: (name: string) => `Drop to add to ${name}`, title: 'Uploads', waiting: 'waiting', sending: 'sending', failed: 'failed',
    stopped: 'stopped', retry: 'Retry', retryAll: 'Retry failed', stop: 'Stop', stopAll: 'Stop all', clear: 'Clear finished',
    progress: (done: string, all: string) => `${done} of ${all} done`, unsent: 'Files are still being sent. Leave the page anyway?',
    lost: 'No connection. It is sent again as soon as there is one.', unreadable: 'The file cannot be read. Check that it is still there; drop a folder alone.',
  },
  document: {
    facts: 'Facts', open: 'Open', download: 'Download', replace: 'New revision', withdraw: 'Withdraw', restore: 'Restore', retry: 'Read again',
    remove: 'Delete', revisions: 'Revisions', readers: 'Who may read this', why: 'Why?', size: 'Size', pages: 'Pages', pieces: 'Pieces',
    effective: 'In force from', expires: 'Expires', review: 'Review on', owner: 'Owner', title: 'Title', save: 'Save', saved: 'Saved.',
    by: (who: string) => `by ${who}`, hidden: 'Taken out as hidden', current: 'in use',
    confirmRemove: (title: string) => `Delete “${title}” with all its revisions? It disappears from every answer at once, and this cannot be undone. Withdraw it instead if it may be needed again.`,
    confirmWithdraw: (title: string) => `Withdraw “${title}”? Nobody finds it until it is restored.`,
    allow: 'Only these', deny: 'Not these', allowHint: 'Empty: all who may read the workspace. One name a line, such as group:finance or person:bob.',
    byRights: 'By the rights of the workspace, these may read it; the lists above narrow that. Choose one to see why:',
    keptOut: 'Kept out of the workspace:',
    denyHint: 'Wins over everything else.', whyFor: 'Person, group or key', whyHint: 'person:bob',
  },
  test: {
    question: 'Question', run: 'Search', legs: { fused: 'Together', dense: 'Meaning', bm25: 'Words' },
    help: 'What a question finds, without a model: the rank and score of each passage in the search by meaning, by words, and in both together.',
    none: 'Nothing comes near enough to be found. By meaning and by words alone there may still be passages below.',
    answerable: (n: string) => `${n} passages come near enough to be found.`, notFound: '–',
  },
  starting: {
    title: 'Starting points', help: 'People who may ask a workspace see these questions on the empty page.', question: 'Question', add: 'Add',
    none: 'No starting points yet. Add a question that many ask.', confirm: (question: string) => `Delete “${question}”? It can be added again.`, remove: (question: string) => `Delete “${question}”`,
  },
  folders: {
    title: 'Folders', help: 'Folders that are kept in step with a workspace. Start one on the machine that has it:', path: '/srv/share',
    none: 'No folder is kept in step.', inStep: 'in step', silent: 'silent', trouble: 'trouble', rejected: (n: string) => `${n} rejected`,
    files: (files: string, documents: string) => `${files} files, ${documents} documents`, waiting: (n: string) => `${n} waiting`,
    confirm: (folder: string) => `Take ${folder} off the list? Its documents stay, and a watcher that still runs reports it again.`,
    seen: (when: string, who: string) => `last report ${when}, by ${who}`, forget: (folder: string) => `Delete ${folder} from the list`,
  },
  feedback: { help: 'What people thought of answers from the workspaces that you manage. Not who they were.', useful: 'useful', wrong: 'wrong', none: 'No opinions yet. They appear when people mark answers as useful or wrong.', all: 'All' },
}

export type KnowledgeWords = typeof knowledgeEn
