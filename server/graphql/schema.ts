import type { GraphQLSchema } from 'graphql'
import { buildSchema } from 'type-graphql'
import { AccessKeyResolver, ViewerAccessKeysResolver } from '../access-keys/access-key.resolver.ts'
import { AdminResolver } from '../admin/admin.resolver.ts'
import { ModelSettingsResolver } from '../admin/model.resolver.ts'
import { AuditResolver } from '../admin/audit.resolver.ts'
import { BooksResolver } from '../admin/books.resolver.ts'
import { FirstStepsResolver } from '../admin/first-steps.resolver.ts'
import { RevenueResolver } from '../admin/revenue.resolver.ts'
import { SignInLinkResolver } from '../admin/sign-in-link.resolver.ts'
import { SettingsResolver } from '../admin/settings.resolver.ts'
import { TrafficResolver } from '../admin/traffic.resolver.ts'
import { UserDeedsResolver } from '../admin/user.deeds.resolver.ts'
import { UserDetailResolver } from '../admin/user.detail.resolver.ts'
import { UserResolver } from '../admin/user.resolver.ts'
import { CatalogResolver } from '../catalog/catalog.resolver.ts'
import { ChannelDeedsResolver, ChannelKeyHealthResolver } from '../admin/channel.deeds.resolver.ts'
import { ChannelResolver } from '../admin/channel.resolver.ts'
import { AccountResolver } from '../identity/account.resolver.ts'
import { SecurityResolver } from '../identity/security.resolver.ts'
import { SessionResolver, ViewerSessionsResolver } from '../identity/session.resolver.ts'
import { BatchRedemptionsResolver } from '../codes/code.redemptions.resolver.ts'
import { CodeResolver, ViewerCodesResolver } from '../codes/code.resolver.ts'
import { InvitationDeedsResolver } from '../invitations/invitation.deeds.resolver.ts'
import { InvitationResolver, ViewerInvitationsResolver } from '../invitations/invitation.resolver.ts'
import { LowBalanceResolver } from '../ledger/low-balance.resolver.ts'
import { ViewerWalletResolver, WalletResolver } from '../ledger/wallet.resolver.ts'
import { AnnouncementResolver } from '../notices/announcement.resolver.ts'
import { NoticeResolver, ViewerNoticesResolver } from '../notices/notice.resolver.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { createEvents, type Events } from '../platform/events.ts'
import { PaymentHistoryResolver } from '../payments/payment.history.resolver.ts'
import { PaymentResolver, ViewerPaymentsResolver } from '../payments/payment.resolver.ts'
import { PlanResolver } from '../plans/plan.resolver.ts'
import { PlanSubscriptionResolver, ViewerSubscriptionResolver } from '../plans/subscription.resolver.ts'
import { ViewerPlanResolver } from '../plans/viewer-plan.resolver.ts'
import { ApiTokenResolver, ViewerApiTokensResolver } from '../tokens/token.resolver.ts'
import { ApiTokenSpendResolver, ViewerSpendResolver } from '../usage/spend.resolver.ts'
import { ModelHealthResolver } from '../usage/model-health.resolver.ts'
import { UsageReportResolver, ViewerUsageReportResolver } from '../usage/report.resolver.ts'
import { UsageResolver, ViewerUsageResolver } from '../usage/usage.resolver.ts'
import { timeLimit } from './deadline.ts'
import { DocumentationResolver } from '../documentation/documentation.resolver.ts'
import { entrance } from './entrance.ts'
import { describeInputs } from './inputs.ts'
import { SiteResolver } from './site.resolver.ts'

/** Every resolver of the product, in one list. */
export async function createSchema(events: Events = createEvents()): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      SiteResolver,
      AccountResolver,
      SecurityResolver,
      SessionResolver,
      ViewerSessionsResolver,
      CatalogResolver,
      ChannelResolver,
      ChannelDeedsResolver,
      ChannelKeyHealthResolver,
      ApiTokenResolver,
      ViewerApiTokensResolver,
      WalletResolver,
      ViewerWalletResolver,
      PlanResolver,
      PlanSubscriptionResolver,
      ViewerSubscriptionResolver,
      ViewerPlanResolver,
      ApiTokenSpendResolver,
      ViewerSpendResolver,
      AdminResolver,
      ModelSettingsResolver,
      AuditResolver,
      UserResolver,
      UserDetailResolver,
      UserDeedsResolver,
      SettingsResolver,
      BooksResolver,
      FirstStepsResolver,
      TrafficResolver,
      RevenueResolver,
      SignInLinkResolver,
      CodeResolver,
      BatchRedemptionsResolver,
      ViewerCodesResolver,
      PaymentHistoryResolver,
      PaymentResolver,
      ViewerPaymentsResolver,
      InvitationResolver,
      InvitationDeedsResolver,
      ViewerInvitationsResolver,
      UsageResolver,
      ViewerUsageResolver,
      ModelHealthResolver,
      UsageReportResolver,
      ViewerUsageReportResolver,
      LowBalanceResolver,
      AccessKeyResolver,
      ViewerAccessKeysResolver,
      DocumentationResolver,
      AnnouncementResolver,
      NoticeResolver,
      ViewerNoticesResolver,
    ],
    globalMiddlewares: [entrance, timeLimit],
    pubSub: events.pubSub as never,
    authChecker: ({ context }) => Boolean(signedIn(context as Context)),
    // With `forbidUnknownValues` class-validator would refuse every input that has no rule of its own.
    validate: { forbidUnknownValues: false },
  })
  return describeInputs(schema)
}
