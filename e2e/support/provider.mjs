// An independent OpenID provider for the tests: npm oidc-provider with its own
// development login page, which takes any name. Started with
//   node e2e/support/provider.mjs PORT CONSOLE_URL...
import Provider from 'oidc-provider'

const [port, ...consoles] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`

const groups = { amara: ['staff', 'rollcall-admins'], goran: ['staff', 'rollcall-admins'], hana: ['staff', 'rollcall-helpdesk'] }

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'rollcall',
      client_secret: 'a-secret-of-the-test-only',
      redirect_uris: consoles.map((url) => `${url}/auth/oidc/callback`),
      post_logout_redirect_uris: consoles.map((url) => `${url}/signed-out`),
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name', 'preferred_username'], groups: ['groups'] },
  scopes: ['openid', 'offline_access', 'email', 'profile', 'groups'],
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  cookies: { keys: ['only-for-the-tests'] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@northwind.example`,
      email_verified: true,
      name: id[0].toUpperCase() + id.slice(1) + ' Example',
      given_name: id[0].toUpperCase() + id.slice(1),
      family_name: 'Example',
      preferred_username: id,
      groups: groups[id] ?? (id.startsWith('guest') ? [] : ['staff']),
    }),
  }),
})
provider.listen(Number(port), '127.0.0.1')
