import { Length } from 'class-validator'
import {
  Arg,
  Args,
  Ctx,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { connectionOf, PageArgs } from '../platform/page.ts'
import {
  type AnnouncementText,
  createAnnouncement,
  deleteAnnouncement,
  listAnnouncements,
  updateAnnouncement,
} from './announcements.ts'
import { AnnouncementLevel, AnnouncementWords } from './notice.type.ts'

enum AnnouncementAudience {
  ALL = 'all',
  PRO = 'pro',
}
registerEnumType(AnnouncementAudience, {
  name: 'AnnouncementAudience',
  description: 'Who gets an announcement.',
  valuesConfig: {
    ALL: { description: 'Everybody.' },
    PRO: { description: 'Who has a running plan.' },
  },
})

const FROM = 'Null: a draft. In the future: it appears by itself.'
const UNTIL = 'Exclusive; null: for good.'

@ObjectType('Announcement', { description: 'What the operator says to everybody, as the operator sees it.' })
class AnnouncementType extends AnnouncementWords {
  @Field(() => ID, { description: 'Stays the same through all changes.' }) id!: string
  @Field(() => AnnouncementAudience, { description: 'Who gets it.' }) audience!: AnnouncementAudience
  @Field(() => Date, { nullable: true, description: FROM }) publishedFrom!: Date | null
  @Field(() => Date, { nullable: true, description: UNTIL }) publishedUntil!: Date | null
  @Field(() => Date, { description: 'When it was written, be it published or not.' }) createdAt!: Date
}
const AnnouncementConnection = connectionOf('Announcement', AnnouncementType)

const TITLE_MAX = 120
const BODY_MAX = 4_000

@InputType({ description: 'The whole announcement.' })
class CreateAnnouncementInput {
  @Field(() => AnnouncementLevel, { description: 'How loudly it is made.' }) level!: AnnouncementLevel
  @Field(() => AnnouncementAudience, { description: 'Who gets it.' }) audience!: AnnouncementAudience
  @Field(() => String, { description: 'The heading in English, 1 to 120 characters.' })
  @Length(1, TITLE_MAX)
  titleEn!: string
  @Field(() => String, { description: 'The heading in Chinese, 1 to 120 characters.' })
  @Length(1, TITLE_MAX)
  titleZh!: string
  @Field(() => String, { description: 'The text in English: Markdown, 1 to 4,000 characters.' })
  @Length(1, BODY_MAX)
  bodyEn!: string
  @Field(() => String, { description: 'The text in Chinese: Markdown, 1 to 4,000 characters.' })
  @Length(1, BODY_MAX)
  bodyZh!: string
  @Field(() => Date, { nullable: true, description: FROM }) publishedFrom?: Date | null
  @Field(() => Date, { nullable: true, description: UNTIL }) publishedUntil?: Date | null
}

@InputType({ description: 'The whole announcement as it shall be.' })
class UpdateAnnouncementInput extends CreateAnnouncementInput {
  @Field(() => ID, { description: 'Of the announcement. Error: announcement_not_found.' }) id!: string
}

@InputType({ description: 'Which announcement.' })
class DeleteAnnouncementInput {
  @Field(() => ID, { description: 'Of the announcement. Error: announcement_not_found.' }) id!: string
}

@ObjectType({ description: 'What was made.' })
class CreateAnnouncementPayload {
  @Field(() => AnnouncementType, { description: 'As it is now.' }) announcement!: AnnouncementType
}

@ObjectType({ description: 'What was changed.' })
class UpdateAnnouncementPayload {
  @Field(() => AnnouncementType, { description: 'As it is now.' }) announcement!: AnnouncementType
}

@ObjectType({ description: 'What is gone.' })
class DeleteAnnouncementPayload {
  @Field(() => ID, { description: 'What it was.' }) id!: string
}

@Resolver()
export class AnnouncementResolver {
  @Query(() => AnnouncementConnection, { description: 'For administrators: newest first, drafts too.' })
  announcements(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs) {
    return listAnnouncements(ctx, page)
  }

  @Mutation(() => CreateAnnouncementPayload, {
    description: 'For administrators: writes an announcement; it appears when `publishedFrom` comes.',
  })
  async createAnnouncement(
    @Ctx() ctx: Context,
    @Arg('input', () => CreateAnnouncementInput) input: CreateAnnouncementInput,
  ) {
    return { announcement: await createAnnouncement(ctx, textOf(input)) }
  }

  @Mutation(() => UpdateAnnouncementPayload, {
    description:
      'For administrators: replaces an announcement; who read it need not read it again. Error: announcement_not_found.',
  })
  async updateAnnouncement(
    @Ctx() ctx: Context,
    @Arg('input', () => UpdateAnnouncementInput) { id, ...input }: UpdateAnnouncementInput,
  ) {
    return { announcement: await updateAnnouncement(ctx, id, textOf(input)) }
  }

  @Mutation(() => DeleteAnnouncementPayload, {
    description: 'For administrators: it is gone from every inbox. Error: announcement_not_found.',
  })
  async deleteAnnouncement(
    @Ctx() ctx: Context,
    @Arg('input', () => DeleteAnnouncementInput) { id }: DeleteAnnouncementInput,
  ) {
    await deleteAnnouncement(ctx, id)
    return { id }
  }
}

const textOf = ({ publishedFrom, publishedUntil, ...words }: CreateAnnouncementInput): AnnouncementText => ({
  ...words,
  publishedFrom: publishedFrom ?? null,
  publishedUntil: publishedUntil ?? null,
})
