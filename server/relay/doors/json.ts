import { invalidField } from '../../platform/errors.ts'
import { refuseDeepNesting } from '../nesting.ts'
import { badRequest } from '../relay.errors.ts'

export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body of a door that is not chat completions, before it is translated. Errors: invalid_request. */
export function parseObject(bytes: Buffer): Json {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message.slice(0, 200)}`)
  }
  if (!isObject(value)) throw badRequest('The body must be a JSON object.')
  refuseDeepNesting(value)
  return value
}

/** A list of objects under this name; nothing is an empty one. Errors: invalid_request. */
export function objects(value: unknown, field: string): Json[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw invalidField(field, `${field} must be an array.`)
  const wrong = value.findIndex((item) => !isObject(item))
  if (wrong >= 0) throw invalidField(`${field}[${wrong}]`, `${field}[${wrong}] must be an object.`)
  return value as Json[]
}

/** Errors: invalid_request. */
export function string(value: unknown, field: string): string {
  if (typeof value !== 'string') throw invalidField(field, `${field} must be a string.`)
  return value
}

/** Errors: invalid_request. */
export function flag(value: unknown, field: string): boolean {
  if (value !== undefined && value !== null && typeof value !== 'boolean')
    throw invalidField(field, `${field} must be true or false.`)
  return value === true
}

/** Fields that are there, under the names the other format has for them. */
export const defined = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
