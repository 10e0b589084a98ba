import { GraphQLObjectType, GraphQLString } from 'graphql'
import { expect, test } from 'vitest'
import { createDeadline, timeLimit } from '../../server/graphql/deadline.ts'

const objects = {
  returnType: new GraphQLObjectType({ name: 'Thing', fields: { name: { type: GraphQLString } } }),
}
const values = { returnType: GraphQLString }
const late = { code: 'request_timeout', status: 408 }
const never = () => new Promise<never>(() => undefined)

test('whoever still waits when the time of an operation is over is told so, and nothing new begins', async () => {
  const deadline = createDeadline(20)
  let begun = 0
  const run = (info: object, work: () => Promise<unknown>) =>
    timeLimit({ info, context: { deadline } } as never, () => {
      begun += 1
      return work()
    })
  expect(await run(objects, async () => 'in time')).toBe('in time')
  await expect(run(objects, never)).rejects.toMatchObject(late)
  expect(deadline.over).toBe(true)
  expect(() => run(objects, never)).toThrow(expect.objectContaining(late))
  expect(begun).toBe(2)
  // The values of what was found in time are still told.
  expect(await run(values, async () => 'a name')).toBe('a name')
})

test('once one waiter was told that the time is over, it is over for all', async () => {
  // Node's timers may fire a fraction of a millisecond early: that shows in some of many.
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const deadline = createDeadline(3)
    await expect(deadline.race(never())).rejects.toMatchObject(late)
    expect(deadline.over).toBe(true)
  }
})
