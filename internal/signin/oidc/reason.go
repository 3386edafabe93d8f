package oidc

import (
	"maps"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
)

// Reason is the machine word for why a sign-in was refused. The words are
// stored in the audit log: add to them, never change one.
type Reason string

// Reasons of the callback.
const (
	ReasonRepeatedParameter Reason = "repeated_parameter" // OIDC-19
	ReasonProviderMismatch  Reason = "provider_mismatch"  // OIDC-17: begun at one provider, finished at another
	ReasonStateMissing      Reason = "state_missing"
	ReasonStateUnknown      Reason = "state_unknown" // no such transaction here, or it was used: found by the flow
	ReasonStateMismatch     Reason = "state_mismatch"
	ReasonStateExpired      Reason = "state_expired"
	ReasonIssuerMissing     Reason = "issuer_missing" // OIDC-16: iss promised in metadata and not sent
	ReasonIssuerMismatch    Reason = "issuer_mismatch"
	ReasonCodeMissing       Reason = "code_missing"
	ReasonAccessDenied      Reason = "access_denied"
	ReasonSignInRequired    Reason = "login_required" // prompt=none and nobody is signed in there
	ReasonProviderError     Reason = "provider_error" // any other error code in the callback
)

// Reasons of the provider's answers and settings.
const (
	ReasonProviderUnreachable Reason = "provider_unreachable"
	ReasonAddressRefused      Reason = "address_refused"   // WEB-20: the guard stopped us
	ReasonAnswerMalformed     Reason = "answer_malformed"  // not JSON, too large, a redirect
	ReasonMetadataMismatch    Reason = "metadata_mismatch" // OIDC-01: metadata names another issuer
	ReasonMetadataInsecure    Reason = "metadata_insecure" // OIDC-02
	ReasonCodeRefused         Reason = "code_refused"      // invalid_grant
	ReasonClientRefused       Reason = "client_refused"    // our client id or secret is wrong there
	ReasonTokenMissing        Reason = "id_token_missing"
)

// Reasons of the ID token.
const (
	ReasonTokenMalformed    Reason = "token_malformed"
	ReasonTokenTooLarge     Reason = "token_too_large" // OIDC-33
	ReasonTokenEncrypted    Reason = "token_encrypted"
	ReasonTokenRefused      Reason = "token_refused" // the library's second opinion
	ReasonAlgRefused        Reason = "alg_refused"   // OIDC-09
	ReasonTypeRefused       Reason = "type_refused"  // OIDC-29
	ReasonHeaderRefused     Reason = "header_refused"
	ReasonUnknownKey        Reason = "unknown_key"
	ReasonSignatureInvalid  Reason = "signature_invalid"
	ReasonClaimDuplicate    Reason = "claim_duplicate" // OIDC-25
	ReasonClaimMalformed    Reason = "claim_malformed"
	ReasonSubjectInvalid    Reason = "subject_invalid" // OIDC-26
	ReasonAudienceMismatch  Reason = "audience_mismatch"
	ReasonPartyMismatch     Reason = "azp_mismatch"
	ReasonTenantRefused     Reason = "tenant_refused" // OIDC-11
	ReasonTimeMissing       Reason = "time_missing"   // no exp or no iat
	ReasonTokenExpired      Reason = "token_expired"
	ReasonTokenNotYet       Reason = "token_not_yet_valid"
	ReasonTokenOld          Reason = "token_too_old"
	ReasonTokenLifetime     Reason = "token_lifetime"
	ReasonClockSkew         Reason = "clock_skew"
	ReasonNonceMissing      Reason = "nonce_missing"
	ReasonNonceMismatch     Reason = "nonce_mismatch"
	ReasonHashMismatch      Reason = "at_hash_mismatch" // OIDC-30
	ReasonAuthTimeMissing   Reason = "auth_time_missing"
	ReasonAuthTooOld        Reason = "auth_too_old"     // OIDC-31
	ReasonAuthTooWeak       Reason = "acr_insufficient" // OIDC-32
	ReasonUserInfoMismatch  Reason = "userinfo_mismatch"
	ReasonUserInfoMalformed Reason = "userinfo_malformed"
)

// Reasons of a logout token, beside those of the ID token.
const (
	ReasonEventMissing   Reason = "event_missing"  // BCL-04
	ReasonNoncePresent   Reason = "nonce_present"  // BCL-05
	ReasonTokenIDMissing Reason = "jti_missing"    // BCL-06
	ReasonReplayed       Reason = "token_replayed" // BCL-06: found by the flow
	ReasonNobodyNamed    Reason = "nobody_named"   // BCL-03: neither sub nor sid
	ReasonSessionForeign Reason = "sid_mismatch"   // BCL-09: the session is another subject's; found by the flow
)

// Reasons of a refresh, beside those of the ID token.
const (
	ReasonGrantRefused   Reason = "grant_refused"   // OIDC-42: invalid_grant
	ReasonSubjectChanged Reason = "subject_changed" // OIDC-43
	ReasonAuthTimeMoved  Reason = "auth_time_moved" // OIDC-43
	ReasonStillActive    Reason = "still_active"    // TOK-04: revoked, it says, and the token works; found by the flow
)

// Reasons gives every reason, sorted, for filters and documentation.
func Reasons() []Reason { return slices.Sorted(maps.Keys(wordings)) }

// wording is what a refusal says to people; %s stands for the provider's name.
type wording struct {
	kind        errs.Kind
	cause, next string
}

func named(text, provider string) string { return strings.ReplaceAll(text, "%s", provider) }
