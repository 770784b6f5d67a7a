/** What the Business data views say in English. */
export const dataEn = {
  title: 'Business data', queries: 'Named queries', schedules: 'Schedules', find: 'Find a query', none: 'No query fits.', choose: 'Choose a query on the left.',
  examples: 'As a question', run: 'Run', running: 'Running …', noParameters: 'It needs nothing.',
  period: 'Such as: this month, last quarter, 2026-01-01 to 2026-04-01', periods: ['this month', 'last month', 'this quarter', 'last quarter', 'this year', 'last year'],
  fallback: (value: string) => `Empty: ${value}`, between: (least: string, most: string) => `${least} to ${most}`, rows: 'Result', empty: 'It gave no row.',
  schedule: {
    help: 'A question asked for you at set moments, under the rights that you have then.', title: 'Title', question: 'Question', workspace: 'Workspace', everywhere: 'All workspaces',
    when: 'When', every: { day: 'Every day', weekday: 'Monday to Friday', week: 'Every week', month: 'Every month' }, at: 'At', on: 'On', day: 'Day of the month', zone: 'Time zone',
    deliver: 'Deliver to', kinds: { none: 'nobody: read it here', email: 'E-mail', webhook: 'Web address', file: 'File on the server' }, to: 'Where', add: 'Add a schedule',
    next: 'Next', last: 'Last run', remove: 'Remove', confirm: (title: string) => `Ask “${title}” no more?`, empty: 'Nothing is asked on a schedule yet.',
    states: { begun: 'begun', asked: 'asked', delivered: 'delivered', failed: 'failed' },
    week: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  },
}

export type DataWords = typeof dataEn
