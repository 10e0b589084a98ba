import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const SettingFields = graphql(`
  fragment SettingFields on Setting @_unmask {
    id
    key
    group
    kind
    minimum
    maximum
    value
    standard
    changedAt
    changedBy
  }
`)

export const SettingsQuery = graphql(
  `
    query Settings {
      settings {
        ...SettingFields
      }
    }
  `,
  [SettingFields],
)
export type Setting = ResultOf<typeof SettingFields>

export const UpdateSettings = graphql(
  `
    mutation UpdateSettings($input: UpdateSettingsInput!) {
      updateSettings(input: $input) {
        settings {
          ...SettingFields
        }
      }
    }
  `,
  [SettingFields],
)
