package oidc

import "github.com/rollcall/rollcall/internal/errs"

const (
	again    = "Start again."
	tell     = "Tell your admin."
	againOr  = "Start again. If it happens again, tell your admin."
	laterOr  = "Try again in a minute. If it happens again, tell your admin."
	register = "Tell your admin: the back-channel logout address of Rollcall must be set at the provider, and nothing else sent there."
	freshly  = "Sign in at %s again when it asks, then return here."
)

var wordings = map[Reason]wording{
	ReasonRepeatedParameter: {errs.Invalid, "The answer from %s repeats a value that may stand only once.", againOr},
	ReasonProviderMismatch:  {errs.Invalid, "This sign-in began at another provider than %s.", again},
	ReasonStateMissing:      {errs.Invalid, "The answer from %s does not say which sign-in it belongs to.", again},
	ReasonStateUnknown:      {errs.Invalid, "This sign-in was already finished, or it began in another browser.", again},
	ReasonStateMismatch:     {errs.Invalid, "The answer from %s belongs to another sign-in.", again},
	ReasonStateExpired:      {errs.Invalid, "The sign-in took too long.", again},
	ReasonIssuerMissing:     {errs.Invalid, "The answer does not say that it comes from %s.", againOr},
	ReasonIssuerMismatch:    {errs.Invalid, "The answer does not come from %s.", tell},
	ReasonCodeMissing:       {errs.Invalid, "The answer from %s carries no sign-in code.", again},
	ReasonAccessDenied:      {errs.Unauthorized, "%s did not let you in, or you stopped the sign-in there.", "Start again, or ask the admin of %s for access."},
	ReasonSignInRequired:    {errs.Unauthorized, "You are not signed in at %s.", again},
	ReasonProviderError:     {errs.Unavailable, "%s stopped the sign-in with an error.", againOr},

	ReasonProviderUnreachable: {errs.Unavailable, "%s does not answer.", laterOr},
	ReasonAddressRefused:      {errs.Unavailable, "%s lies at an address that Rollcall may not reach.", "Tell your admin: private networks must be allowed for this provider."},
	ReasonAnswerMalformed:     {errs.Unavailable, "%s sent an answer that Rollcall cannot read.", laterOr},
	ReasonMetadataMismatch:    {errs.Unavailable, "The server at the address of %s calls itself by another issuer.", "Tell your admin: the issuer must be set exactly as the provider writes it."},
	ReasonMetadataInsecure:    {errs.Unavailable, "%s names an address without https.", "Tell your admin: every address of the provider must begin with https."},
	ReasonCodeRefused:         {errs.Unauthorized, "%s no longer accepts this sign-in.", again},
	ReasonClientRefused:       {errs.Unavailable, "%s does not accept Rollcall's client id or secret.", "Tell your admin: the secret has expired or does not match."},
	ReasonTokenMissing:        {errs.Unavailable, "%s answered without an ID token.", "Tell your admin: Rollcall must be registered for the scope openid."},

	ReasonTokenMalformed:    {errs.Unauthorized, "%s sent an ID token that Rollcall cannot read.", againOr},
	ReasonTokenTooLarge:     {errs.Unauthorized, "%s sent an ID token that is too large.", "Tell your admin: fewer claims, groups above all, must go into the token."},
	ReasonTokenEncrypted:    {errs.Unauthorized, "%s sent an encrypted ID token, which Rollcall does not accept.", "Tell your admin: encryption must be switched off for this client."},
	ReasonTokenRefused:      {errs.Unauthorized, "The ID token from %s did not pass the checks.", againOr},
	ReasonAlgRefused:        {errs.Unauthorized, "%s signed in a way that is not allowed here.", "Tell your admin: the signature algorithm must be one of those allowed for this provider."},
	ReasonTypeRefused:       {errs.Unauthorized, "%s sent a token of another kind in place of an ID token.", tell},
	ReasonHeaderRefused:     {errs.Unauthorized, "The ID token from %s asks for rules that Rollcall does not know.", tell},
	ReasonUnknownKey:        {errs.Unauthorized, "The provider's signing key is unknown: %s signed with a key it has not published.", laterOr},
	ReasonSignatureInvalid:  {errs.Unauthorized, "The signature of %s does not fit its ID token.", "Tell your admin before you try again."},
	ReasonClaimDuplicate:    {errs.Unauthorized, "The ID token from %s says the same thing twice.", "Tell your admin: a claim is mapped under two spellings."},
	ReasonClaimMalformed:    {errs.Unauthorized, "The ID token from %s holds a claim that Rollcall cannot read.", tell},
	ReasonSubjectInvalid:    {errs.Unauthorized, "%s did not say who you are in a usable way.", "Tell your admin: the claim sub must be a text of 1 to 255 ASCII characters."},
	ReasonAudienceMismatch:  {errs.Unauthorized, "The ID token from %s is meant for another application.", tell},
	ReasonPartyMismatch:     {errs.Unauthorized, "The ID token from %s was given to another application.", tell},
	ReasonTenantRefused:     {errs.Unauthorized, "Your organization at %s may not use this console.", "Sign in with an account of an organization that may."},
	ReasonTimeMissing:       {errs.Unauthorized, "The ID token from %s does not say when it was issued or when it ends.", tell},
	ReasonTokenExpired:      {errs.Unauthorized, "The ID token from %s has already ended.", againOr},
	ReasonTokenNotYet:       {errs.Unauthorized, "The ID token from %s is not valid yet.", againOr},
	ReasonTokenOld:          {errs.Unauthorized, "The ID token from %s was issued too long ago.", againOr},
	ReasonTokenLifetime:     {errs.Unauthorized, "The ID token from %s lasts longer than a day.", "Tell your admin: the lifetime of ID tokens must be shortened."},
	ReasonClockSkew:         {errs.Unauthorized, "The clocks of Rollcall and %s disagree.", "Tell your admin: one of the two clocks must be set."},
	ReasonNonceMissing:      {errs.Unauthorized, "The ID token from %s is not tied to this sign-in.", againOr},
	ReasonNonceMismatch:     {errs.Unauthorized, "The ID token from %s belongs to another sign-in.", again},
	ReasonHashMismatch:      {errs.Unauthorized, "The two tokens from %s do not belong together.", againOr},
	ReasonAuthTimeMissing:   {errs.Unauthorized, "%s does not say when you signed in there, and this step needs to know.", "Tell your admin: the claim auth_time must be sent."},
	ReasonAuthTooOld:        {errs.Unauthorized, "Your sign-in at %s is too old for this step.", freshly},
	ReasonAuthTooWeak:       {errs.Unauthorized, "Your sign-in at %s is not strong enough for this step.", "Sign in there with a second factor, then return here."},
	ReasonUserInfoMismatch:  {errs.Unauthorized, "%s described another person than the one who signed in.", tell},
	ReasonUserInfoMalformed: {errs.Unavailable, "%s described you in a way that Rollcall cannot read.", tell},

	ReasonEventMissing:   {errs.Invalid, "The sign-out message of %s states no sign-out.", register},
	ReasonNoncePresent:   {errs.Invalid, "%s sent an ID token in place of a sign-out message.", register},
	ReasonTokenIDMissing: {errs.Invalid, "The sign-out message of %s has no identifier.", register},
	ReasonReplayed:       {errs.Invalid, "The sign-out message of %s was received before.", "Nothing is to be done: each message counts once."},
	ReasonNobodyNamed:    {errs.Invalid, "The sign-out message of %s does not say whose session ended.", register},
	ReasonSessionForeign: {errs.Invalid, "The sign-out message of %s names a session of another person.", register},

	ReasonGrantRefused:   {errs.Unauthorized, "%s no longer vouches for this sign-in.", again},
	ReasonSubjectChanged: {errs.Unauthorized, "%s vouched for another person than the one who signed in.", tell},
	ReasonAuthTimeMoved:  {errs.Unauthorized, "%s contradicts itself on when this person signed in there.", tell},
	ReasonStillActive:    {errs.Unavailable, "%s says that it took a token back, and the token still works.", tell},
}
