// An independent OpenID provider for the tests: npm oidc-provider with its own
// development login page, which takes any name. Started with
//   node e2e/support/provider.mjs PORT CLAIMS CONSOLE_URL...
// CLAIMS is id-token when name, address and groups stand in the ID token, and
// userinfo when they are only at the UserInfo endpoint, as the standard has it.
// With TELL=1 it tells the first console of sessions that end. It
// gives a refresh token with each sign-in, which ends with its session and is
// replaced at each use; it takes tokens back, and says whether they live.
import Provider from 'oidc-provider'

const [port, claims, ...consoles] = process.argv.slice(2)
const groups = { amara: ['staff', 'rollcall-admins'], hana: ['staff', 'rollcall-helpdesk'] }

const groupsOf = (id) => groups[id] ?? (id.startsWith('guest') ? [] : ['staff'])
const capital = (word) => word[0].toUpperCase() + word.slice(1)

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'rollcall',
      client_secret: 'a-secret-of-the-test-only',
      redirect_uris: consoles.map((url) => `${url}/auth/oidc/callback`),
      post_logout_redirect_uris: consoles.map((url) => `${url}/signed-out`),
      grant_types: ['authorization_code', 'refresh_token'],
      ...(process.env.TELL
        ? { backchannel_logout_uri: `${consoles[0]}/auth/oidc/backchannel-logout`, backchannel_logout_session_required: true }
        : {}),
    },
  ],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username'],
    groups: ['groups'],
  },
  scopes: ['openid', 'offline_access', 'email', 'profile', 'groups'],
  conformIdTokenClaims: claims === 'userinfo',
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true, allowedPolicy: async () => true },
  },
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  // Its guard would not let it post to this machine.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  cookies: { keys: ['only-for-the-tests'] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@northwind.example`,
      email_verified: true,
      name: `${capital(id)} Example`,
      given_name: capital(id),
      family_name: 'Example',
      preferred_username: id,
      groups: groupsOf(id),
    }),
  }),
})
provider.on('backchannel.error', (_ctx, error) => console.error('back-channel:', error.message))
provider.on('backchannel.success', () => console.error('back-channel: taken'))
provider.on('server_error', (_ctx, error) => console.error(error))
provider.listen(Number(port), '127.0.0.1')
