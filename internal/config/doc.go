// Package config reads the settings of an installation and says what is wrong
// with them, all at once, each with its fix.
//
// A setting comes from, the first that has it: a flag (--public-url), the
// environment (ROLLCALL_PUBLIC_URL), the file of --config, its default.
// Settings lists them. In the file, a name with a dot is nested:
//
//	database_url: postgres://rollcall:secret@db.internal/rollcall
//	listen: 0.0.0.0:8080
//	public_url: https://rollcall.northwind.example
//	trusted_proxies: [10.0.0.0/8]
//	secret_key_file: /run/secrets/rollcall-key   # made by: openssl rand -hex 32
//	contact: IT service desk, extension 4000
//	tenant:
//	  name: Northwind Group
//	  environment: production
//	session:
//	  idle: 1h
//	  absolute: 12h
//	  step_up: on               # sensitive acts need a fresh sign-in
//	first_admin:                # works once, while nobody is admin
//	  provider: keycloak
//	  email: it@northwind.example
//	providers:
//	  - key: keycloak           # the redirect address is <public_url>/auth/keycloak/callback
//	    name: Keycloak
//	    issuer: https://id.northwind.example/realms/staff
//	    client_id: rollcall
//	    client_secret_file: /run/secrets/keycloak
//	    step_up_acr: [gold]     # what a fresh sign-in for a sensitive act must reach
//	    email_domains: [northwind.example]   # invitations to these are accepted by e-mail
//	    claims:
//	      groups: groups
//	      department: department
//	    create:                 # who is let in without a record: off, domains, groups or pending
//	      rule: groups
//	      groups: [staff]
//	    roles:
//	      - {claim: groups, value: rollcall-admins, role: rollcall.admin}
//
// A single provider may be set in the environment alone: ROLLCALL_OIDC_ISSUER,
// ROLLCALL_OIDC_CLIENT_ID, ROLLCALL_OIDC_CLIENT_SECRET and the other names of
// ProviderVariables.
//
// An unknown name in the file is refused by name. The package opens nothing but
// the files that settings name, and knows no other package's types.
package config
