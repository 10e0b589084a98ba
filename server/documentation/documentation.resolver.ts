import { Arg, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import { documentationFacts, type DocumentationContext } from './facts.ts'

@ObjectType({ description: 'A number or name that the documentation states, as it holds now.' })
class DocumentationFact {
  @Field(() => String, { description: 'The placeholder, without its braces.' }) name!: string
  @Field(() => String, { description: 'Text in the language that was asked for.' }) value!: string
}

@Resolver()
export class DocumentationResolver {
  @Query(() => [DocumentationFact], {
    description: 'Fills the placeholders of the articles. Needs no sign-in.',
  })
  async documentationFacts(
    @Ctx() ctx: DocumentationContext,
    @Arg('locale', () => String, { defaultValue: 'en', description: 'en or zh-CN' }) locale: string,
  ): Promise<DocumentationFact[]> {
    const facts = await documentationFacts(ctx, locale.startsWith('zh') ? 'zh-CN' : 'en')
    return [...facts].map(([name, value]) => ({ name, value }))
  }
}
