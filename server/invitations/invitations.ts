import { randomInt } from 'node:crypto'
import { audit } from '../platform/audit.ts'
import { administrator, type Context, signedIn } from '../platform/context.ts'
import { isId, newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQuery, pageQueryById, toConnection } from '../platform/page.ts'
import type { Settings } from '../platform/settings.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { invitationNotFound, inviteCodeUnknown, selfInvitation } from './invitation.errors.ts'
import type { Rewards } from './rewards.ts'

export type InvitationsContext = Context & { ledger: Ledger; settings: Settings; rewards: Rewards }

/**
 * waiting: nothing was used or paid yet. held: an operator looks at it first. capped: the inviter had enough rewards that
 * month; the invitee got theirs.
 */
export type InvitationStatus = 'waiting' | 'held' | 'rewarded' | 'capped' | 'revoked'

export interface Invitation {
  id: string
  status: InvitationStatus
  /** Of the one who was invited, made unreadable: `l…@example.com`. */
  invitee: string
  inviterTokens: bigint | null
  inviteeTokens: bigint | null
  createdAt: Date
  rewardedAt: Date | null
  inviterId: string
  inviterEmail: string
  inviteeId: string
  inviteeEmail: string
  /** For operators. */
  heldBecause: string | null
}

// Without letters and digits that are mistaken for each other.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 8

export const INVITATION = `SELECT i.id, i.created_at AS "createdAt", i.rewarded_at AS "rewardedAt",
    i.inviter_tokens AS "inviterTokens", i.invitee_tokens AS "inviteeTokens",
    CASE WHEN i.refused = 'abuse' THEN 'revoked' WHEN i.refused = 'monthly_cap' THEN 'capped'
         WHEN i.rewarded_at IS NOT NULL THEN 'rewarded' WHEN i.held_at IS NOT NULL THEN 'held' ELSE 'waiting' END AS status,
    i.held_because AS "heldBecause",
    left(u.email, 1) || '…@' || split_part(u.email, '@', 2) AS invitee, i.inviter_id AS "inviterId",
    inviter.email AS "inviterEmail", i.invitee_id AS "inviteeId", u.email AS "inviteeEmail"
  FROM invitation i JOIN app_user u ON u.id = i.invitee_id JOIN app_user inviter ON inviter.id = i.inviter_id`

/** The viewer's own code; made when it is first asked for. */
export async function inviteCodeOf({ sql, viewer, now }: Context): Promise<string> {
  const { id } = signedIn({ viewer })
  for (;;) {
    await sql.query(
      'INSERT INTO invite_code (user_id, code, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [id, mintCode(), now()],
    )
    const [row] = await sql.query<{ code: string }>('SELECT code FROM invite_code WHERE user_id = $1', [id])
    // Without a row the minted code was somebody else's: once in 10^11.
    if (row) return row.code
  }
}

/**
 * Remembers who invited a new account, in the transaction that makes it. Rewards come when it first pays for something
 * (rewards.ts). Errors: invalid_request (inviteCode), self_invitation.
 */
export async function acceptInvitation(
  tx: Sql,
  { inviteeId, code, now }: { inviteeId: string; code: string; now: Date },
): Promise<void> {
  const [found] = await tx.query<{ inviterId: string; inviterEmail: string; inviteeEmail: string }>(
    `SELECT inviter.id AS "inviterId", inviter.email AS "inviterEmail", invitee.email AS "inviteeEmail"
     FROM invite_code c JOIN app_user inviter ON inviter.id = c.user_id, app_user invitee
     WHERE c.code = $1 AND invitee.id = $2 AND inviter.suspended_at IS NULL`,
    [code.trim().toUpperCase(), inviteeId],
  )
  if (!found) throw inviteCodeUnknown()
  if (mailbox(found.inviterEmail) === mailbox(found.inviteeEmail)) throw selfInvitation()
  await tx.query('INSERT INTO invitation (id, inviter_id, invitee_id, created_at) VALUES ($1, $2, $3, $4)', [
    newId(),
    found.inviterId,
    inviteeId,
    now,
  ])
}

/** Whom the viewer invited, newest first. */
export const listInvitations = (ctx: Context, page: PageArgs) =>
  pageOf(ctx.sql, page, { inviterId: signedIn(ctx).id })

/** How often the viewer's link was opened, how many signed up through it, used something and brought a reward. */
export const invitationFunnel = ({ sql, viewer }: Context) => funnelOf(sql, signedIn({ viewer }).id)

/** The same of all invitations together. Errors: admin_required. */
export function wholeFunnel(ctx: Context) {
  administrator(ctx)
  return funnelOf(ctx.sql, null)
}

interface Funnel {
  clicked: number
  signedUp: number
  used: number
  rewarded: number
  tokens: bigint
}

async function funnelOf(sql: Sql, inviterId: string | null) {
  const [funnel] = await sql.query<Funnel>(
    `SELECT (SELECT coalesce(sum(v.visits), 0)::int FROM invitation_visit v WHERE $1::uuid IS NULL OR v.inviter_id = $1) AS clicked,
            count(*)::int AS "signedUp",
            count(*) FILTER (WHERE EXISTS (SELECT 1 FROM usage_record u WHERE u.user_id = i.invitee_id))::int AS used,
            count(*) FILTER (WHERE i.rewarded_at IS NOT NULL AND i.refused IS NULL)::int AS rewarded,
            coalesce(sum(i.inviter_tokens) FILTER (WHERE i.refused IS NULL), 0)::bigint AS tokens
       FROM invitation i WHERE $1::uuid IS NULL OR i.inviter_id = $1`,
    [inviterId],
  )
  return funnel!
}

/** Everybody's, or those of one user on either side, newest first. Errors: admin_required. */
export async function listAllInvitations(ctx: Context, page: PageArgs, userId?: string) {
  administrator(ctx)
  if (userId !== undefined && !isId(userId)) return toConnection<Invitation>([], pageQuery(page), () => '')
  return pageOf(ctx.sql, page, { partyId: userId })
}

/**
 * Takes back what is left of both rewards, as entries of their own, and pays none later.
 * Errors: admin_required, invitation_not_found.
 */
export async function revokeInvitation(
  ctx: InvitationsContext,
  id: string,
  reason: string,
): Promise<Invitation> {
  administrator(ctx)
  const parties = isId(id) ? await partiesOf(ctx.sql, id) : undefined
  if (!parties) throw invitationNotFound()
  await ctx.sql.transaction(async (tx) => {
    await lockBooks(tx, parties)
    await tx.query("UPDATE invitation SET refused = 'abuse' WHERE id = $1", [id])
    const grants = await tx.query<{ id: bigint; account_id: string; remaining: bigint }>(
      `SELECT id, account_id, remaining FROM bucket
       WHERE source_type = 'invitation' AND source_id = ANY ($1) AND remaining > 0`,
      [[`${id} inviter`, `${id} invitee`]],
    )
    for (const grant of grants)
      await ctx.ledger.adjust(tx, {
        accountId: grant.account_id,
        bucketId: grant.id,
        amount: -grant.remaining,
        kind: 'clawback',
        sourceType: 'invitation_revoked',
        sourceId: `${id} ${grant.account_id}`,
        note: reason,
      })
    const takenBack = grants.reduce((sum, { remaining }) => sum + remaining, 0n)
    await audit(tx, ctx, { action: 'revoke_invitation', target: id, detail: { tokens: takenBack }, reason })
  })
  await Promise.all([parties.inviter_id, parties.invitee_id].map((user) => ctx.ledger.balanceChanged(user)))
  return (await ctx.sql.query<Invitation>(`${INVITATION} WHERE i.id = $1`, [id]))[0]!
}

export interface Parties {
  inviter_id: string
  invitee_id: string
}

/** In the order of ids, as settlement does: two transactions never wait for each other. */
export async function lockBooks(tx: Sql, { inviter_id, invitee_id }: Parties): Promise<void> {
  await tx.query('SELECT 1 FROM account WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE', [
    [inviter_id, invitee_id],
  ])
}

async function partiesOf(sql: SqlPool, id: string): Promise<Parties | undefined> {
  return (
    await sql.query<Parties & object>('SELECT inviter_id, invitee_id FROM invitation WHERE id = $1', [id])
  )[0]
}

interface Whose {
  inviterId?: string
  /** On either side. */
  partyId?: string | undefined
}

async function pageOf(
  sql: Sql,
  page: PageArgs,
  { inviterId, partyId }: Whose,
): Promise<Connection<Invitation>> {
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await sql.query<Invitation>(
    `${INVITATION} WHERE ($1::uuid IS NULL OR i.inviter_id = $1) AND ($2::uuid IS NULL OR i.id ${past} $2)
       AND ($4::uuid IS NULL OR $4 IN (i.inviter_id, i.invitee_id))
     ORDER BY i.id ${order} LIMIT $3`,
    [inviterId ?? null, query.cursor ?? null, query.limit + 1, partyId ?? null],
  )
  return toConnection(rows, query, ({ id }) => id)
}

/** Where mail to an address arrives: `Ann+two@Example.com` is Ann's, and dots do not count at Gmail. */
function mailbox(email: string): string {
  const [local = '', host = ''] = email.toLowerCase().split('@')
  const name = local.split('+')[0]!
  // Both of Google's names lead to one mailbox.
  return /^(gmail|googlemail)\.com$/.test(host) ? `${name.replaceAll('.', '')}@gmail.com` : `${name}@${host}`
}

const mintCode = () =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
