package config

import (
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The functions of this file put one setting's text into the Config and say
// what is wrong with it, with its fix. Empty text never reaches those whose
// default is empty.

func setDatabase(c *Config, s string) string {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" || !slices.Contains([]string{"sqlite", "postgres", "postgresql", "mysql", "mariadb"}, scheme) {
		return "must start with sqlite:, postgres: or mysql:, for example sqlite://rollcall.db."
	}
	c.DatabaseURL = Secret(s)
	return ""
}

func setListen(c *Config, s string) string {
	_, port, err := net.SplitHostPort(s)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || n == 0 && port != "0" {
		return "must be an address and a port, for example 127.0.0.1:8080 or :8080."
	}
	c.Listen = s
	return ""
}

func setPublicURL(c *Config, s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return "must be a whole address, for example https://rollcall.example.org."
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return "must end after the host: Rollcall needs a host name of its own."
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "must begin with https: plain http is for this machine only. Put a proxy with a certificate in front."
	}
	c.PublicURL = &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	return ""
}

// loopback reports whether a host is this machine, by name or address.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

func setProxies(c *Config, s string) string {
	for _, word := range words(s) {
		p, err := netip.ParsePrefix(word)
		if ip, single := netip.ParseAddr(word); single == nil {
			p, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return strconv.Quote(word) + " is neither an address nor a network such as 10.0.0.0/8."
		}
		if p.Bits() == 0 {
			return word + " would believe everybody. Name the proxies themselves."
		}
		c.TrustedProxies = append(c.TrustedProxies, p.Masked())
	}
	return ""
}

func setSecretKey(c *Config, s string) string     { c.SecretKey = Secret(s); return "" }
func setSecretKeyFile(c *Config, s string) string { c.SecretKeyFile = s; return "" }

func setContact(c *Config, s string) string {
	c.Contact = s
	return limited(s, 200)
}

func setLogLevel(c *Config, s string) string {
	if err := c.LogLevel.UnmarshalText([]byte(s)); err != nil || !slices.Contains(levels, c.LogLevel) {
		return "must be debug, info, warn or error."
	}
	return ""
}

var levels = []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}

func setTenantName(c *Config, s string) string {
	c.Tenant.Name = s
	return limited(s, 200)
}

var slug = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

func setTenantSlug(c *Config, s string) string {
	if !slug.MatchString(s) {
		return "must be 1 to 63 lower-case letters, digits and dashes."
	}
	c.Tenant.Slug = s
	return ""
}

func setEnvironment(c *Config, s string) string {
	if !slices.Contains([]string{"production", "staging", "test", "demo"}, s) {
		return "must be production, staging, test or demo."
	}
	c.Tenant.Environment = s
	return ""
}

func setIdle(c *Config, s string) string {
	return duration(&c.Session.Idle, s, time.Minute, 24*time.Hour)
}

func setAbsolute(c *Config, s string) string {
	return duration(&c.Session.Absolute, s, 5*time.Minute, 7*24*time.Hour)
}

func duration(to *time.Duration, s string, least, most time.Duration) string {
	d, err := time.ParseDuration(s)
	if err != nil {
		return "must be a duration such as 30m or 12h."
	}
	if d < least || d > most {
		return "must lie between " + brief(least) + " and " + brief(most) + "."
	}
	*to = d
	return ""
}

// brief writes a duration the way people set it: 24h, not 24h0m0s.
func brief(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

func setElevation(c *Config, s string) string {
	return duration(&c.Session.Elevation, s, time.Minute, time.Hour)
}

func setRiskWithin(c *Config, s string) string {
	return duration(&c.RiskWithin, s, time.Minute, 7*24*time.Hour)
}

func setStepUp(c *Config, s string) string {
	if s != "on" && s != "off" {
		return "must be on or off."
	}
	c.Session.SkipStepUp = s == "off"
	return ""
}

func setMaxPerPerson(c *Config, s string) string {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 100 {
		return "must be a number from 1 to 100."
	}
	c.Session.MaxPerPerson = n
	return ""
}

func setFirstAdminProvider(c *Config, s string) string { c.FirstAdmin.Provider = s; return "" }
func setFirstAdminSubject(c *Config, s string) string  { c.FirstAdmin.Subject = s; return "" }

func setFirstAdminEmail(c *Config, s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "must be one e-mail address, for example it@example.org."
	}
	c.FirstAdmin.Email = s
	return ""
}

func limited(s string, n int) string {
	if utf8.RuneCountInString(s) > n {
		return "must have at most " + strconv.Itoa(n) + " characters."
	}
	return ""
}

// words splits a list.
func words(s string) []string {
	if s == "" {
		return nil
	}
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}
