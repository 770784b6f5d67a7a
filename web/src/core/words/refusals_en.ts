import type { Sentences } from '../refusals.ts'

const when = (at: unknown): string =>
  new Date(String(at)).toLocaleString('en-GB', { year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' })

/** Refusals whose English on the server is for programmers; the server's own sentence is told for every other reason. */
export const refusals = {
  token_refused: 'The token of your company account is not meant for Cloister. Ask an administrator to check the client in the company’s sign-in service.',
  too_many_attempts: ({ seconds }) => `Too many wrong passwords. Try again ${seconds ? `in ${seconds} seconds` : 'later'}.`,
  too_many_connections: 'There are as many connections to the message bus as there may be. Close one, or use one for all questions.',
  weak_password: 'This password is easy to guess. Use 12 characters or more, such as a few words that do not belong together.',
  daily_limit: ({ questions, again }) => `Today’s ${questions ?? ''} questions are used up. Ask again ${again ? `from ${when(again)} on` : 'tomorrow'}.`,
  closed: ({ again }) => `Questions are not taken at this hour. Ask again ${again ? `from ${when(again)} on` : 'in the opening hours'}.`,
  workspace_missing: ({ role, workspace }) => role ? `The role “${role}” needs the workspace “${workspace}”, which does not exist. Create it first.` : 'The role needs a workspace that does not exist. Create it first.',
  model_not_found: ({ model }) => `There is no ${model ? `model “${model}”` : 'such model'}. Choose one of those there are.`,
  unsupported: 'The request uses something that is not supported here. Leave out that parameter.',
  engine_refused: 'The model server rejected the question. Shorten it or ask in other words; if that does not help, ask an administrator.',
  invalid_json: 'The request is not valid JSON. Correct it and send it again.',
  bad_request: 'The request cannot be read. Reload the page and try again.',
  not_found: 'It was not found, and may have been deleted. Reload the page.',
  http_error: 'The request failed. Try again in a minute; if that does not help, ask an administrator.',
  too_big: 'It is too big. Send less, or split it.',
  answer_not_in_schema: 'The model’s answer does not have the form that was asked for. Simplify the form, send the data that it needs, or use a larger model.',
  delivery_failed: 'The report could not be delivered. Check its address; if it is right, ask an administrator.',
  parameter_missing: ({ parameter }) => `Name ${parameter ? `“${parameter}”` : 'the product, machine or period'} in your question.`,
  query_refused: 'The query was not run: it goes beyond what you may read. Ask in other words, or ask for the right.',
  source_failed: ({ source }) => `${source ? `“${source}”` : 'The source of business data'} could not run the query. Ask in other words; if that does not help, ask an administrator.`,
  unknown_host: 'Cloister is not called by this name. Use the address that your administrator gave you, or ask to add it to CLOISTER_TRUSTED_HOSTS.',
  held: ({ about, by, since, why }) => about ? `“${about}” is under a legal hold and cannot be deleted: ${by} holds it since ${since} because of “${why}”. Wait until the hold is lifted.` : 'It is under a legal hold and cannot be deleted. Wait until the hold is lifted.',
  log_damaged: 'The hashes of the audit log are incomplete. Run cloister audit verify, which names the first affected record, and restore it.',
  internal: ({ number }) => `Something failed inside. ${number ? `Tell your administrator the number ${number}` : 'Ask your administrator'}.`,
} satisfies Sentences
