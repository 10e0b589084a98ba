import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql'
import { connectionOf, PageArgs } from '../platform/page.ts'
import { deviceOf } from './device.ts'
import { listSessions, type OpenSession, revokeOtherSessions, revokeSession } from './session.list.ts'
import type { IdentityContext } from './sessions.ts'
import { ViewerType } from './viewer.type.ts'

@ObjectType('Session', { description: 'A browser that is signed in.' })
export class SessionType {
  @Field(() => ID, { description: 'What `revokeSessions` takes.' }) id!: string
  @Field(() => Date, { description: 'When it was signed in.' }) createdAt!: Date
  @Field(() => Date, { description: 'Its latest call, to the minute.' }) lastSeenAt!: Date
  @Field(() => String, {
    nullable: true,
    description: 'The address it signed in from; null when that is not known.',
  })
  ip!: string | null
}
export const SessionConnection = connectionOf('Session', SessionType)

@InputType({ description: 'Which sessions end.' })
class RevokeSessionsInput {
  @Field(() => ID, { nullable: true, description: 'Absent: every session but the one that asks.' })
  sessionId?: string | null
}

@ObjectType({ description: 'What was ended.' })
class RevokeSessionsPayload {
  @Field(() => Int, { description: 'How many were ended.' }) revoked!: number
}

@Resolver(() => SessionType)
export class SessionResolver {
  @FieldResolver(() => String, { nullable: true, description: 'Such as "Firefox".' })
  browser(@Root() { userAgent }: OpenSession) {
    return deviceOf(userAgent).browser
  }

  @FieldResolver(() => String, { nullable: true, description: 'Such as "Windows".' })
  system(@Root() { userAgent }: OpenSession) {
    return deviceOf(userAgent).system
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the one that asks.' })
  isCurrent(@Ctx() { viewer }: IdentityContext, @Root() { id }: OpenSession) {
    return viewer?.sessionId === id
  }

  @Mutation(() => RevokeSessionsPayload, {
    description:
      "Ends one of the viewer's sessions, or all others, at once and with their live connections. Error: session_not_found.",
  })
  async revokeSessions(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => RevokeSessionsInput) { sessionId }: RevokeSessionsInput,
  ) {
    return { revoked: await (sessionId ? revokeSession(ctx, sessionId) : revokeOtherSessions(ctx)) }
  }
}

@Resolver(() => ViewerType)
export class ViewerSessionsResolver {
  @FieldResolver(() => SessionConnection, { description: 'Where the viewer is signed in, newest first.' })
  sessions(@Ctx() ctx: IdentityContext, @Args(() => PageArgs) page: PageArgs) {
    return listSessions(ctx, page)
  }
}
