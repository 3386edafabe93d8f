package connectors

import "github.com/rollcall/rollcall/models"

// products are those with help of their own, in the order of the list.
var products = []product{
	keycloak,
	generic(product{
		key: "okta", name: "Okta", also: "workforce identity",
		address: control{"Issuer", "Okta: Security > API > Authorization Servers > Issuer URI. Without that menu it is your Okta domain: https://example.okta.com.", "https://example.okta.com/oauth2/default"},
		where: map[string]string{
			"sign_in_client_id": "Applications > Applications > Create App Integration > OIDC - OpenID Connect > Web Application. Then General > Client Credentials > Client ID.",
			"sign_in_secret":    "General > Client Credentials > Client secrets.",
			"groups_claim":      "Sign On > OpenID Connect ID Token > Groups claim filter: name it groups, matches regex .*",
			"groups":            "Directory > Groups: the names.",
		},
		paste:  pastes{redirect: "General > Login > Sign-in redirect URIs", signedOut: "General > Login > Sign-out redirect URIs"},
		preset: groupsIn("groups"),
	}),
	generic(product{
		key: "entra", name: "Entra ID", also: "microsoft azure active directory aad office 365",
		address: control{"Issuer", "https://login.microsoftonline.com/ followed by the Directory (tenant) ID and /v2.0. The ID: Entra admin center > Identity > Overview > Tenant ID.", "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"},
		where: map[string]string{
			"sign_in_client_id": "Identity > Applications > App registrations > New registration. Then Overview > Application (client) ID.",
			"sign_in_secret":    "Certificates & secrets > Client secrets > New client secret: copy the Value, not the Secret ID. It is shown once.",
			"tenants":           "Only where the issuer holds {tenantid} instead of one ID: the IDs of the tenants whose people may sign in.",
			"groups_claim":      "Token configuration > Add groups claim > Security groups. Entra sends their object IDs, not their names.",
			"groups":            "Groups > All groups: the Object Ids.",
			"create":            "Entra does not say whether it verified an address. Choose the rule by group, or let people wait.",
		},
		paste:  pastes{redirect: "Authentication > Add a platform > Web > Redirect URIs", signedOut: "Authentication > Web > Redirect URIs, as a second one"},
		preset: groupsIn("groups"),
	}),
	generic(product{
		key: "auth0", name: "Auth0",
		address: control{"Issuer", "Applications > Applications > your application > Settings > Domain, with https:// before it and a slash at the end.", "https://example.eu.auth0.com/"},
		where: map[string]string{
			"sign_in_client_id": "Applications > Applications > Create Application > Regular Web Applications. Then Settings > Client ID.",
			"sign_in_secret":    "Settings > Client Secret.",
			"groups_claim":      "Auth0 sends groups and roles only when an Action adds them (Actions > Library): give the name of that claim, such as https://example.org/groups.",
			"roles_claim":       "As for groups: the claim that an Action adds.",
		},
		paste: pastes{
			redirect: "Settings > Application URIs > Allowed Callback URLs", signedOut: "Settings > Application URIs > Allowed Logout URLs",
			backchannel: "Settings > OpenID Connect Back-Channel Logout > Back-Channel Logout URI",
		},
	}),
	generic(product{
		key: "zitadel", name: "ZITADEL",
		address: control{"Issuer", "Your application > URLs > Issuer.", "https://example.zitadel.cloud"},
		where: map[string]string{
			"sign_in_client_id": "Projects > your project > Applications > New > Web > Code. Then Configuration > Client Id.",
			"sign_in_secret":    "Shown once when the application is created; later Actions > Generate new client secret.",
			"user_info":         "ZITADEL puts names and addresses into the ID token only with Token Settings > User Info inside ID Token. Otherwise switch this on.",
		},
		paste:  pastes{redirect: "Redirect Settings > Redirect URIs", signedOut: "Redirect Settings > Post Logout URIs", backchannel: "Configuration > Back-Channel Logout URI"},
		preset: func(f *connectionForm) { f.UserInfo = yes },
	}),
	generic(product{
		key: "authentik", name: "authentik",
		address: control{"Issuer", "Applications > Providers > your provider > OpenID Configuration Issuer. It ends with a slash.", "https://auth.example.org/application/o/rollcall/"},
		where: map[string]string{
			"sign_in_client_id": "Applications > Applications > Create with Provider > OAuth2/OpenID Provider. Then Client ID.",
			"sign_in_secret":    "The provider > Edit > Client Secret.",
			"groups_claim":      "The scope profile of authentik sends groups already.",
			"groups":            "Directory > Groups: the names.",
		},
		paste:  pastes{redirect: "The provider > Edit > Redirect URIs/Origins (Strict)", signedOut: "The provider > Edit > Redirect URIs/Origins, as a second one", backchannel: "The provider > Edit > Logout URI, with the method Back-channel"},
		preset: groupsIn("groups"),
	}),
	generic(product{
		key: "pocket-id", name: "Pocket ID", also: "pocketid passkey",
		address: control{"Issuer", "The address of Pocket ID itself.", "https://id.example.org"},
		where: map[string]string{
			"sign_in_client_id": "Administration > OIDC Clients > Add OIDC Client. Then Client ID.",
			"sign_in_secret":    "Shown once when the client is created; later Create new client secret.",
			"scopes":            "profile, email and groups.",
			"groups":            "Administration > User Groups: the Name, not the Friendly Name.",
		},
		paste:  pastes{redirect: "The client > Callback URLs", signedOut: "The client > Logout Callback URLs"},
		preset: func(f *connectionForm) { f.GroupsClaim, f.Scopes = "groups", "profile email groups" },
	}),
	generic(product{
		key: "dex", name: "dex",
		address: control{"Issuer", "issuer in the configuration of dex, letter by letter.", "https://dex.example.org"},
		where: map[string]string{
			"sign_in_client_id": "staticClients > id in the configuration of dex.",
			"sign_in_secret":    "staticClients > secret.",
			"scopes":            "profile, email and groups: dex sends groups only when they are asked for.",
		},
		paste:  pastes{redirect: "staticClients > redirectURIs"},
		preset: func(f *connectionForm) { f.GroupsClaim, f.Scopes = "groups", "profile email groups" },
	}),
	generic(product{
		key: "google", name: "Google", also: "workspace gsuite gmail",
		address: control{"Issuer", "Always https://accounts.google.com.", "https://accounts.google.com"},
		where: map[string]string{
			"sign_in_client_id": "Google Cloud console > APIs & Services > Credentials > Create credentials > OAuth client ID > Web application. Then Client ID.",
			"sign_in_secret":    "The client > Client secrets.",
			"domains":           "Your Workspace domain. Without it everybody with a Google account could ask to come in.",
			"groups_claim":      "Google sends no groups. Leave this empty.",
		},
		paste:  pastes{redirect: "The client > Authorized redirect URIs"},
		preset: func(f *connectionForm) { f.BaseURL = "https://accounts.google.com" },
	}),
	generic(product{
		key: "generic", name: "Any OpenID provider", also: "oidc openid connect other",
		address: control{"Issuer", "issuer in its discovery document, which is at this address followed by /.well-known/openid-configuration.", "https://id.example.org"},
		where: map[string]string{
			"sign_in_client_id": "Register Rollcall there as a confidential web client with the authorization code flow and PKCE.",
		},
		paste: pastes{redirect: "Its list of redirect addresses", signedOut: "Its list of addresses after signing out", backchannel: "Its back-channel logout address, when it has one"},
	}),
	{
		key: "demo", name: "Demo directory", also: "try sample", kind: models.ConnectorDemo,
	},
}

// keycloak has an adapter of its own.
var keycloak = product{
	key: "keycloak", name: "Keycloak", also: "red hat build rhbk sso", kind: models.ConnectorKeycloak,
	address: control{"Address", "What stands before /admin or /realms in the address of the admin console.", "https://id.example.org"},
	where: map[string]string{
		"realm":             "The realm menu at the top left of the admin console. It is also in the address, after /admin/master/console/#/.",
		"client_id":         "Clients > Create client > Client ID, with Client authentication On and Service accounts roles ticked. Then Service accounts roles > Assign role > Filter by clients: view-users, query-users, view-events and view-clients of realm-management, and manage-users for cutting people off and writing back.",
		"client_secret":     "Clients > that client > Credentials > Client Secret.",
		"sign_in_client_id": "Clients > Create client, with Client authentication On and Standard flow ticked. It may be the same client as above.",
		"sign_in_secret":    "Clients > that client > Credentials > Client Secret. Empty when it is the same client as above.",
		"groups":            "Groups: the names as the token says them, such as /Finance.",
		"groups_claim":      "Client scopes > that client's dedicated scope > Add mapper > Group Membership, Token Claim Name. Empty: groups are read from Keycloak only.",
		"roles_claim":       "realm_access.roles for realm roles in the token. Empty: roles are read from Keycloak only.",
		"acr":               "Realm settings > General > ACR to LoA Mapping.",
	},
	paste: pastes{
		redirect: "Clients > the client for signing in > Settings > Valid redirect URIs", signedOut: "Settings > Valid post logout redirect URIs",
		backchannel: "Settings > Logout settings > Backchannel logout URL, with Front channel logout Off and Backchannel logout session required On",
		hook:        "Only with an event listener that posts events; without one Rollcall asks for events every few seconds",
	},
}

// generic completes a product that has no adapter of its own.
func generic(p product) product {
	p.kind = models.ConnectorOIDC
	return p
}

// groupsIn presets the claim that says the groups.
func groupsIn(claim string) func(*connectionForm) {
	return func(f *connectionForm) { f.GroupsClaim = claim }
}
