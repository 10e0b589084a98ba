/** Who may use a field: anybody, whoever is signed in (what is theirs), or administrators. */
type Who = 'anybody' | 'owner' | 'admin'
/** Which scope an access key needs: `any` key will do, or none does. */
type Scope = 'any' | 'READ_USAGE' | 'MANAGE_TOKENS' | 'READ_MONEY' | 'BUY' | null

/**
 * What is expected of every field of Query, Mutation, Subscription and Viewer. A new field belongs here before it
 * belongs to anybody: without a line the matrix test fails.
 */
export const expectations: Record<string, [who: Who, scope: Scope]> = {
  'Query.viewer': ['anybody', 'any'],
  'Query.site': ['anybody', 'any'],
  'Query.models': ['anybody', 'any'],
  'Query.model': ['anybody', 'any'],
  'Query.plans': ['anybody', 'any'],
  'Query.documentationFacts': ['anybody', 'any'],
  'Query.previewPlanChange': ['owner', 'BUY'],
  ...each(
    'Query',
    ['admin', null],
    [
      'announcements',
      'auditActions',
      'auditEntries',
      'channelPresets',
      'channels',
      'codeBatches',
      'codeBatchRedemptions',
      'firstSteps',
      'invitationFunnel',
      'invitations',
      'ledgerCheck',
      'managedModels',
      'modelPrices',
      'paymentOrders',
      'revenueReport',
      'routingPreview',
      'settings',
      'traffic',
      'user',
      'users',
    ],
  ),

  ...each(
    'Mutation',
    ['anybody', null],
    [
      'signUp',
      'signIn',
      'signOut',
      'redeemSignInLink',
      'requestPasswordReset',
      'resetPassword',
      'countInvitationVisit',
    ],
  ),
  ...each(
    'Mutation',
    ['owner', 'MANAGE_TOKENS'],
    ['createApiToken', 'updateApiToken', 'rotateApiToken', 'revokeApiToken', 'setSpendCaps'],
  ),
  ...each(
    'Mutation',
    ['owner', 'BUY'],
    [
      'createTopUpOrder',
      'closeTopUpOrder',
      'redeemCode',
      'buyPlan',
      'changePlan',
      'cancelPlan',
      'resumePlan',
    ],
  ),
  ...each(
    'Mutation',
    ['owner', null],
    [
      'changePassword',
      'confirmEmailChange',
      'createAccessKey',
      'deleteAccount',
      'markNotificationsRead',
      'requestEmailChange',
      'revokeAccessKey',
      'revokeSessions',
      'sendVerificationCode',
      'setEmailNotifications',
      'setLowBalanceAlert',
      'updateProfile',
      'verifyEmail',
    ],
  ),
  ...each(
    'Mutation',
    ['admin', null],
    [
      'adjustBalance',
      'chooseCredentials',
      'createAnnouncement',
      'createChannel',
      'createCodeBatch',
      'createModel',
      'createPlan',
      'createPlanVersion',
      'createSignInLinkForUser',
      'deleteChannel',
      'deleteAnnouncement',
      'endUserPlan',
      'endUserSessions',
      'giveUserPlan',
      'holdInvitation',
      'refundPaymentOrder',
      'releaseInvitation',
      'resetChannel',
      'revokeCodeBatch',
      'revokeInvitation',
      'setChannelDraining',
      'setModelPrice',
      'setModelVisible',
      'setUserLimits',
      'setUserSuspended',
      'stopApiToken',
      'testChannel',
      'updateAnnouncement',
      'updateChannel',
      'updateModel',
      'updatePlan',
      'updateSettings',
    ],
  ),

  ...each('Subscription', ['admin', null], ['trafficTick']),
  ...each('Subscription', ['owner', 'READ_USAGE'], ['usageRecorded', 'usageTick']),
  ...each(
    'Subscription',
    ['owner', 'READ_MONEY'],
    ['balanceChanged', 'notificationReceived', 'orderChanged'],
  ),

  ...each('Viewer', ['owner', 'any'], ['id', 'timeZone', 'planName', 'requestsPerMinute']),
  ...each('Viewer', ['owner', 'READ_USAGE'], ['usageRecord', 'usageRecords', 'usageReport', 'spend']),
  ...each('Viewer', ['owner', 'MANAGE_TOKENS'], ['apiToken', 'apiTokens']),
  ...each(
    'Viewer',
    ['owner', 'READ_MONEY'],
    [
      'wallet',
      'paymentOrder',
      'paymentOrders',
      'codeRedemptions',
      'subscription',
      'notifications',
      'unreadCount',
    ],
  ),
  'Viewer.topUpOptions': ['owner', 'BUY'],
  ...each(
    'Viewer',
    ['owner', null],
    [
      'accessKeys',
      'createdAt',
      'displayName',
      'email',
      'emailNotifications',
      'emailVerifiedAt',
      'hasPassword',
      'invitationFunnel',
      'invitations',
      'inviteOffer',
      'isAdmin',
      'locale',
      'lowBalanceAlert',
      'needsCredentials',
      'needsEmailVerification',
      'pendingEmail',
      'sessions',
    ],
  ),
}

/** Where an id names somebody's own thing: what it names, and the code of who has no such thing. */
export const foreign: Record<string, [thing: Thing, code: string]> = {
  'Viewer.apiToken': ['apiToken', 'api_token_not_found'],
  'Mutation.updateApiToken': ['apiToken', 'api_token_not_found'],
  'Mutation.rotateApiToken': ['apiToken', 'api_token_not_found'],
  'Mutation.revokeApiToken': ['apiToken', 'api_token_not_found'],
  'Viewer.usageRecord': ['usageRecord', 'usage_record_not_found'],
  'Viewer.paymentOrder': ['paymentOrder', 'payment_order_not_found'],
  'Mutation.closeTopUpOrder': ['paymentOrder', 'payment_order_not_found'],
  'Mutation.revokeAccessKey': ['accessKey', 'access_key_not_found'],
}
export type Thing = 'apiToken' | 'usageRecord' | 'paymentOrder' | 'accessKey'

function each(type: string, expected: [Who, Scope], fields: string[]) {
  return Object.fromEntries(fields.map((field) => [`${type}.${field}`, expected] as const))
}
