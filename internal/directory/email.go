package directory

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// NormEmail gives the form in which e-mail addresses are compared: trimmed,
// lower case, the domain in its ASCII form. It never fails: what is no address
// is only trimmed and lowered.
func NormEmail(email string) string {
	email = norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(email, "")))
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return strings.ToLower(email)
	}
	return strings.ToLower(email[:at]) + "@" + normDomain(email[at+1:])
}

func normDomain(domain string) string {
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil { // a domain that cannot be registered still compares with itself
		return strings.ToLower(domain)
	}
	return ascii
}

// isEmail reports whether text has the shape of an address: something, one @, a
// domain with a dot or a bare host, no space.
func isEmail(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || strings.ContainsAny(email, " \t,;<>\"") || strings.Contains(domain, "@") {
		return false
	}
	if len(local) > 64 || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, "..") {
		return false
	}
	_, err := idna.Lookup.ToASCII(domain)
	return err == nil
}

// normUsername gives the form in which usernames are compared.
func normUsername(username string) string {
	return cut(strings.ToLower(norm.NFC.String(strings.TrimSpace(username))), 255)
}
