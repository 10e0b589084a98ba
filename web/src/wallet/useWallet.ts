import { useQuery, useSubscription } from '@urql/vue'
import { computed } from 'vue'
import { graphql } from '../graphql/graphql.ts'
import { useCatchUp } from '../graphql/live.ts'

const WalletFields = graphql(`
  fragment WalletFields on Wallet @_unmask {
    id
    bonusTokens
    quota
    wallet
    spendable
    asOf
    pools {
      id
      kind
      tokens
      money
      expiresAt
      models
    }
  }
`)
const WalletQuery = graphql(
  `
    query Wallet {
      viewer {
        id
        wallet {
          ...WalletFields
        }
      }
    }
  `,
  [WalletFields],
)
const BalanceChanged = graphql(
  `
    subscription BalanceChanged {
      balanceChanged {
        sequence
        wallet {
          ...WalletFields
        }
      }
    }
  `,
  [WalletFields],
)

/** The viewer's pools: asked once, then kept fresh by the server through the cache (the wallet has an id). */
export function useWallet() {
  const { data, fetching, error, executeQuery } = useQuery({ query: WalletQuery })
  const { asleep } = useCatchUp(() => void executeQuery({ requestPolicy: 'network-only' }))
  useSubscription({ query: BalanceChanged, pause: asleep })
  return { wallet: computed(() => data.value?.viewer?.wallet), loading: fetching, error }
}
