// An independent OpenID provider for the tests: npm oidc-provider with its own
// development login page, which takes any name. Started with
//   node e2e/support/provider.mjs PORT CLAIMS CONSOLE_URL...
// CLAIMS is id-token when name, address and groups stand in the ID token, and
// userinfo when they are only at the UserInfo endpoint, as the standard has it.
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
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
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
provider.listen(Number(port), '127.0.0.1')
