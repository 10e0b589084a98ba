import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import type { CatalogContext } from '../catalog/catalog.resolver.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { Settings } from '../platform/settings.ts'
import { PROTOCOLS } from '../relay/admit.ts'

@ObjectType({ description: 'What a client may know of this server before signing in.' })
class Site {
  @Field(() => String, { description: 'What the operator calls the service.' }) name!: string
  @Field(() => String, {
    nullable: true,
    description: 'How the operator is reached; null when nothing is set.',
  })
  contact!: string | null
  @Field(() => String, { nullable: true, description: 'The number under which authorities know the site.' })
  record!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'What the operator adds to the agreement; plain text.',
  })
  agreementAddendum!: string | null
  @Field(() => String, { description: 'Base URL for OpenAI-compatible tools: https://example.com/api/v1' })
  apiBaseUrl!: string
  @Field(() => Boolean, { description: 'True when answers come from the built-in sandbox provider.' })
  sandbox!: boolean
  @Field(() => Boolean, { description: 'Whether passwords can be reset and addresses proved by e-mail.' })
  sendsMail!: boolean
  @Field(() => [String], {
    description:
      'The routes below the base URL that answer: chat_completions, messages, responses, embeddings.',
  })
  doors!: string[]
}

@Resolver()
export class SiteResolver {
  @Query(() => Site, { description: 'Needs no sign-in.' })
  site(
    @Ctx() { config, catalog, settings, mailer }: CatalogContext & { settings: Settings; mailer: Mailer },
  ): Site {
    return {
      name: settings.values.siteName,
      contact: settings.values.siteContact || null,
      record: settings.values.siteRecord || null,
      agreementAddendum: settings.values.agreementAddendum || null,
      apiBaseUrl: `${config.publicUrl}/api/v1`,
      sandbox: catalog.usesSandbox,
      sendsMail: mailer.enabled,
      doors: [...PROTOCOLS],
    }
  }
}
