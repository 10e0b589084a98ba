import { graphql } from '../graphql/graphql.ts'
import { ViewerFields } from './session.ts'

export const SendVerificationCode = graphql(`
  mutation SendVerificationCode($input: SendVerificationCodeInput!) {
    sendVerificationCode(input: $input) {
      resendAfterSeconds
    }
  }
`)

export const VerifyEmail = graphql(
  `
    mutation VerifyEmail($input: CodeInput!) {
      verifyEmail(input: $input) {
        viewer {
          ...ViewerFields
          emailVerifiedAt
        }
      }
    }
  `,
  [ViewerFields],
)
