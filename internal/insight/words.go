package insight

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/directory"
)

// name is what a person is called in a sentence about them.
func name(p directory.Person) string {
	if p.GivenName != "" {
		return p.GivenName
	}
	if first, _, ok := strings.Cut(p.DisplayName, " "); ok && utf8.RuneCountInString(first) > 1 {
		return first
	}
	return p.DisplayName
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func count(n int) string { return strconv.Itoa(n) }

// list writes names as people say them: "a, b and c".
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// refusals are the reasons of our own door, as its log spells them.
var refusals = map[string]string{
	"suspended": "suspended here", "deactivated": "deactivated here", "removed": "the record was removed", "left": "the leaving date had passed",
	"waiting": "waited to be let in", "no_role": "had no role",
}

// refusalWords says in words what the log keeps as "reason at provider".
func refusalWords(detail string) string {
	reason, _, _ := strings.Cut(detail, " ")
	if words := refusals[reason]; words != "" {
		return words
	}
	return "the log names it " + strconv.Quote(reason)
}

// failures are reasons for refused sign-ins that providers give in events.
var failures = map[string]string{
	"invalid_user_credentials":     "wrong password or code",
	"user_temporarily_disabled":    "locked after wrong passwords",
	"user_disabled":                "the account was deactivated",
	"user_not_found":               "no such account",
	"expired_code":                 "took too long",
	"invalid_code":                 "an old page was sent",
	"access_denied":                "the person declined",
	"different_user_authenticated": "another person was signed in in that browser",
	"rejected_by_user":             "the person declined",
	"client_disabled":              "the application is switched off there",
}

func failureWords(system, reason string) string {
	if words := failures[reason]; words != "" {
		return words
	}
	if reason == "" {
		return system + " gives no reason"
	}
	return system + " calls it " + strconv.Quote(reason)
}

// demands are what providers ask for at the next sign-in.
var demands = map[string]string{
	"UPDATE_PASSWORD": "a new password", "VERIFY_EMAIL": "a verified e-mail address", "CONFIGURE_TOTP": "setting up one-time codes",
	"UPDATE_PROFILE": "a checked profile", "TERMS_AND_CONDITIONS": "accepted terms", "UPDATE_EMAIL": "a new e-mail address",
	"webauthn-register": "a security key", "webauthn-register-passwordless": "a passkey", "CONFIGURE_RECOVERY_AUTHN_CODES": "recovery codes",
	"VERIFY_PROFILE": "a complete profile",
}

func demandWords(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if text := demands[w]; text != "" {
			out = append(out, text)
		} else {
			out = append(out, strconv.Quote(w))
		}
	}
	return out
}
