/**
 * What the server runs with. A larger nursery: a request leaves some fifty kilobytes of short-lived objects, which in
 * the default one are copied about before they die (a sixth of the busy time, docs/speed.md).
 */
export const nodeFlags = ['--enable-source-maps', '--max-semi-space-size=32']
