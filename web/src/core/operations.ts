import type { paths } from './api.d.ts'

// Made from the gateway's OpenAPI: a call whose route, method, parameter or field is not in it fails the type check.
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What each service answers about itself is not in the gateway's document. */
type Routes = paths & { '/metrics': { get: { parameters: { query?: never }; responses: { 200: { content: { 'text/plain': string } } } } } }

/** The routes that have a method. */
export type Path<M extends Method> = {
  [P in keyof Routes]: Routes[P] extends Record<Lowercase<M>, object> ? P : never
}[keyof Routes]

type Operation<M extends Method, P extends Path<M>> = Routes[P] extends Record<Lowercase<M>, infer Found> ? Found : never

type Parameter<Where extends string, O> = O extends { parameters: { [W in Where]?: infer Values } } ? NonNullable<Values> : never
type Content<Media extends string, O> = O extends { content: { [M in Media]: infer Body } } ? Body : never
type Written<Media extends string, O> = O extends { requestBody?: infer Body } ? Content<Media, NonNullable<Body>> : never

/** A query parameter that is null or empty is left out. */
export type Query<M extends Method, P extends Path<M>> = Unset<Parameter<'query', Operation<M, P>>>
type Unset<Values> = { [Name in keyof Values]: Values[Name] | (undefined extends Values[Name] ? null | '' : never) }

/** The JSON of a call's body. */
export type Body<M extends Method, P extends Path<M>> = Written<'application/json', Operation<M, P>>

/** A form with a file. */
export type Form<M extends Method, P extends Path<M>> = Fields<Written<'multipart/form-data', Operation<M, P>>>
type Fields<Values> = { [Name in keyof Values]: Values[Name] | Blob }

/** The JSON of a reply. */
export type Reply<M extends Method, P extends Path<M>> = Operation<M, P> extends { responses: infer Replies }
  ? Content<'application/json', Replies[keyof Replies & (200 | 201 | 202)]>
  : never

type Part<Name extends string, Values> = [Values] extends [never]
  ? unknown
  : Partial<Values> extends Values ? { [N in Name]?: Values } : { [N in Name]: Values }

/** What stands in an address: for the names in braces, and behind the path. */
export type Place<M extends Method, P extends Path<M>> = Part<'path', Parameter<'path', Operation<M, P>>> & Part<'query', Query<M, P>>

/** What a call takes: the parts that its operation has. */
export type Sent<M extends Method, P extends Path<M>> = Place<M, P>
  & { signal?: AbortSignal }
  & Part<'header', Parameter<'header', Operation<M, P>>>
  & Part<'json', Body<M, P>>
  & Part<'form', Form<M, P>>

/** The last argument of a call: it may be left out where nothing in it must be there. */
export type Sending<S> = Partial<S> extends S ? [sent?: S] : [sent: S]
