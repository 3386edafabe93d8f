package config

import (
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
)

// Sources are where settings come from.
type Sources struct {
	Flags Flags
	Env   []string // as os.Environ gives it
}

// Load reads, merges and checks all settings. The error is an *errs.Error of
// kind Invalid with one Field per problem; Explain writes it for a terminal.
func Load(s Sources) (*Config, error) {
	l := &loading{env: environment(s.Env), flags: s.Flags.values(), config: &Config{}}
	path := s.Flags.Config
	if path == "" {
		path = l.env[prefix+"CONFIG"]
	}
	if path != "" {
		l.readFile(path)
	}
	l.misspelled()
	for _, setting := range Settings {
		l.apply(setting)
	}
	l.publicURL()
	l.sessions()
	l.providers()
	l.firstAdmin()
	if len(l.wrong) > 0 {
		return nil, errs.Input(l.wrong...)
	}
	return l.config, nil
}

// Explain writes every problem on a line of its own.
func Explain(err error) string {
	e, ok := errs.As(err)
	if !ok || len(e.Fields) == 0 {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString("The settings cannot be used:\n")
	for _, f := range e.Fields {
		b.WriteString("  " + f.Name + " " + f.Message + "\n")
	}
	return b.String()
}

// loading is one run of Load.
type loading struct {
	env, flags map[string]string
	file       *file // nil: none
	config     *Config
	wrong      []errs.Field
}

func environment(list []string) map[string]string {
	env := make(map[string]string, len(list))
	for _, one := range list {
		name, value, _ := strings.Cut(one, "=")
		env[name] = value
	}
	return env
}

func (l *loading) deny(name, message string) {
	l.wrong = append(l.wrong, errs.Field{Name: name, Message: message})
}

// apply takes a setting from the first source that has it. A problem is named
// as the source names the setting, so that it is found where it was written.
func (l *loading) apply(s Setting) {
	name, text := s.Env(), s.Default
	if given, ok := l.flags[s.Key]; ok {
		name, text = s.Flag(), given
	} else if given := l.env[s.Env()]; given != "" {
		text = given
	} else if given, ok := l.file.setting(s.Key); ok {
		name, text = l.file.name(s.Key), given
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if message := s.set(l.config, text); message != "" {
		l.deny(name, message)
	}
}

// publicURL fills in the address when only this machine can reach it.
func (l *loading) publicURL() {
	if l.config.PublicURL != nil || l.config.Listen == "" {
		return
	}
	for _, f := range l.wrong {
		if strings.Contains(strings.ToLower(strings.ReplaceAll(f.Name, "-", "_")), "public_url") {
			return
		}
	}
	host, _, err := net.SplitHostPort(l.config.Listen)
	if err == nil && loopback(host) {
		l.config.PublicURL = &url.URL{Scheme: "http", Host: l.config.Listen}
		return
	}
	l.deny(prefix+"PUBLIC_URL", "is missing: set it to the address people type, for example https://rollcall.example.org.")
}

func (l *loading) sessions() {
	if s := l.config.Session; s.Absolute != 0 && s.Idle > s.Absolute {
		l.deny(prefix+"SESSION_IDLE", "must not be longer than "+prefix+"SESSION_ABSOLUTE, which is "+brief(s.Absolute)+".")
	}
	if l.config.SecretKey != "" && l.config.SecretKeyFile != "" {
		l.deny(prefix+"SECRET_KEY", "is set, and so is "+prefix+"SECRET_KEY_FILE. Remove one of them.")
	}
}

func (l *loading) firstAdmin() {
	f := &l.config.FirstAdmin
	name := prefix + "FIRST_ADMIN_PROVIDER"
	if !f.Set() {
		if f.Provider != "" {
			l.deny(prefix+"FIRST_ADMIN_EMAIL", "is missing: name the first admin by e-mail address, or by "+prefix+"FIRST_ADMIN_SUBJECT.")
		}
		return
	}
	if f.Email != "" && f.Subject != "" {
		l.deny(prefix+"FIRST_ADMIN_SUBJECT", "is set, and so is "+prefix+"FIRST_ADMIN_EMAIL. Remove one of them.")
	}
	if f.Provider == "" && len(l.config.Providers) == 1 {
		f.Provider = l.config.Providers[0].Key
	}
	known := func(p Provider) bool { return p.Key == f.Provider }
	if !slices.ContainsFunc(l.config.Providers, known) {
		l.deny(name, "must be the key of one of the providers: the first admin signs in there.")
	}
}

// readText gives the contents of a small file that a setting names.
func readText(path string) (string, error) {
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}
