package config

import (
	"reflect"
	"strings"
)

// Setting describes one setting for the documentation and the command line.
type Setting struct {
	Key     string // in the file; a dot nests
	Default string
	Help    string
	set     func(*Config, string) string // what is wrong, with its fix, or ""
}

// Env gives the setting's environment variable.
func (s Setting) Env() string { return prefix + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_")) }

// Flag gives the setting's flag.
func (s Setting) Flag() string {
	return "--" + strings.NewReplacer("_", "-", ".", "-").Replace(s.Key)
}

const prefix = "ROLLCALL_"

// Settings lists every setting but the providers.
var Settings = []Setting{
	{"database_url", "sqlite://rollcall.db", "Where the data is: sqlite://file, postgres://... or mysql://...", setDatabase},
	{"listen", "127.0.0.1:8080", "Address and port to serve on.", setListen},
	{"public_url", "", "The address people type, without a path. Needed unless listening on this machine only.", setPublicURL},
	{"trusted_proxies", "", "Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas.", setProxies},
	{"secret_key", "", "Seals tokens in the database; the same on every replica. Make one with: openssl rand -hex 32", setSecretKey},
	{"secret_key_file", "", "A file that holds the key. On SQLite one is made beside the database when neither is set.", setSecretKeyFile},
	{"contact", "", "Who runs this installation, shown where people cannot get in.", setContact},
	{"log_level", "info", "debug, info, warn or error.", setLogLevel},
	{"tenant.name", "Rollcall", "The organisation's name.", setTenantName},
	{"tenant.slug", "default", "The organisation's word in the database. Set it once.", setTenantSlug},
	{"tenant.environment", "production", "production, staging, test or demo.", setEnvironment},
	{"session.idle", "1h", "A session ends after this long without use.", setIdle},
	{"session.absolute", "12h", "A session ends after this long in any case.", setAbsolute},
	{"session.max_per_person", "10", "Sessions one person may have at once; the oldest makes room.", setMaxPerPerson},
	{"session.step_up", "on", "on: sensitive acts need a fresh sign-in at the provider. off: they need none.", setStepUp},
	{"session.elevation", "15m", "How long a fresh sign-in opens sensitive acts.", setElevation},
	{"risk_within", "1h", "Once a risk is known, everybody of a deactivation that answers it has to be out within this time.", setRiskWithin},
	{"first_admin.provider", "", "The provider of the first admin; the only one when left out.", setFirstAdminProvider},
	{"first_admin.email", "", "The verified e-mail address of the first admin.", setFirstAdminEmail},
	{"first_admin.subject", "", "The subject of the first admin at the provider, in place of the e-mail address.", setFirstAdminSubject},
}

// Flags are the settings a command takes as flags, in kong's tags. What is
// empty was not given.
type Flags struct {
	Config         string `help:"Read settings from this YAML file." placeholder:"FILE" env:"ROLLCALL_CONFIG"`
	DatabaseURL    string `name:"database-url" help:"Where the data is: sqlite://file, postgres://... or mysql://..." placeholder:"URL" setting:"database_url"`
	Listen         string `help:"Address and port to serve on." placeholder:"HOST:PORT" setting:"listen"`
	PublicURL      string `name:"public-url" help:"The address people type." placeholder:"URL" setting:"public_url"`
	TrustedProxies string `name:"trusted-proxies" help:"Proxies whose X-Forwarded-For is believed." placeholder:"NETWORKS" setting:"trusted_proxies"`
	SecretKeyFile  string `name:"secret-key-file" help:"The file that holds the key that seals tokens." placeholder:"FILE" setting:"secret_key_file"`
	LogLevel       string `name:"log-level" help:"debug, info, warn or error." placeholder:"LEVEL" setting:"log_level"`
}

// values gives what was given, by setting.
func (f Flags) values() map[string]string {
	given := map[string]string{}
	v := reflect.ValueOf(f)
	for i := range v.NumField() {
		if key := v.Type().Field(i).Tag.Get("setting"); key != "" && v.Field(i).String() != "" {
			given[key] = v.Field(i).String()
		}
	}
	return given
}
