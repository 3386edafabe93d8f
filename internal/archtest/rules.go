package archtest

// floor is one storey of the house. A room is found by the longest prefix that
// fits its path inside the module.
type floor struct {
	level int
	rooms []string // a path, or a path with everything below it when it ends in /
	apart bool     // rooms of this floor never import each other
}

// floors: a room imports only from floors below its own. Where apart is false,
// walls say more.
var floors = []floor{
	{0, []string{"models", "static", "migrations", "internal/errs", "internal/wire/"}, true},
	{1, []string{"internal/store", "internal/config", "internal/outbound"}, true},
	{2, []string{"internal/audit", "internal/secret", "internal/jobs"}, true},
	{3, []string{"internal/directory", "internal/access", "internal/session", "internal/draft", "internal/connector/"}, true},
	{4, []string{"internal/signin/", "internal/offboard/", "internal/sync/", "internal/hook", "internal/link", "internal/insight", "internal/reseal"}, true},
	{5, []string{"views/", "handlers/"}, false},
	{6, []string{"internal/app", "internal/demo/", "internal/seed", "internal/bench/", "cmd/", "e2e/"}, false},
}

// wall limits who may import something. From and to are module paths of ours or
// import paths of others, with everything below when they end in /.
type wall struct {
	from   string   // "" is everybody
	to     []string // what is behind the wall
	except []string // rooms that may, or part of "to" that may be imported
	files  string   // also files whose name begins like this may, inside internal/
	why    string
}

// inside are the walls between our own rooms.
var inside = []wall{
	{from: "views/", to: []string{"internal/"}, why: "a view draws its model and decides nothing"},
	{from: "views/", to: []string{"handlers/"}, why: "a view does not know who draws with it"},
	{from: "handlers/", to: []string{"internal/store"}, why: "a handler calls an engine, never the database"},
	{from: "handlers/", to: []string{"internal/secret", "internal/outbound", "migrations"}, why: "a handler translates; sealing, outside calls and tables belong to engines"},
	{from: "internal/access", to: []string{"static"}, why: "engines do not know pages"},
	{from: "", to: []string{"migrations"}, except: []string{"internal/store"}, why: "only the store runs migrations"},
	{from: "", to: []string{"internal/demo/"}, except: []string{"cmd/"}, why: "nothing of the demo can be reached from serve"},
}

// outside are the walls around other people's packages.
var outside = []wall{
	{to: []string{"github.com/gin-gonic/gin"}, except: []string{"handlers/", "internal/app", "internal/bench/"}, why: "only the door knows the web framework"},
	{to: []string{"github.com/uptrace/bun"}, except: []string{"internal/store", "models", "internal/bench/"}, files: "rows", why: "only the store, the models and each engine's rows files know the query builder"},
	{to: []string{"github.com/coreos/go-oidc"}, except: []string{"internal/signin/"}, why: "only sign-in speaks OpenID Connect"},
	{to: []string{"github.com/luikyv/go-oidc"}, except: []string{"internal/demo/"}, why: "a provider of our own exists for the demo and for tests"},
	{to: []string{"github.com/alexedwards/scs"}, except: []string{"internal/session"}, why: "only the session room knows how sessions are kept"},
	{to: []string{"github.com/a-h/templ"}, except: []string{"views/", "handlers/web", "internal/bench/"}, why: "only views are drawn, and only the kit draws them"},
	{to: []string{"github.com/jackc/pgx", "github.com/go-sql-driver/mysql", "modernc.org/sqlite"}, except: []string{"internal/store", "internal/dbtest"}, why: "only the store knows which database it is"},
	{to: []string{"database/sql"}, except: []string{"internal/store", "internal/dbtest"}, files: "rows", why: "only the store and each engine's rows files speak SQL"},
	{to: []string{"github.com/alecthomas/kong"}, except: []string{"cmd/", "internal/config"}, why: "only the command line reads flags"},
	{to: []string{"html/template", "text/template"}, except: []string{"internal/store", "migrations"}, why: "pages are templ, checked by the compiler"},
	{to: []string{"unsafe", "reflect"}, except: []string{"internal/store", "internal/audit", "internal/config", "internal/archtest/", "handlers/web"}, why: "reflection stays where rows, settings and forms are walked by their tags"},
	{to: []string{"log"}, except: []string{"log/slog"}, why: "the log is log/slog"},
	{to: []string{"math/rand"}, except: []string{"math/rand/v2"}, why: "randomness is crypto/rand, or math/rand/v2 for jitter and sample data"},
}

// views lists what a noun's views may import of ours, beside its own folder.
var viewsMay = []string{"models", "static", "views/ui", "views/layout"}

// handlersMay lists which views every noun's handlers may use beside their own.
var handlersMay = []string{"views/ui", "views/layout", "views/problem"}

// reasonUse says which room may give which reason of the store's closed lists.
var reasonUse = map[string][]string{
	"SessionTouch":  {"internal/session"},
	"SessionSweep":  {"internal/session", "internal/signin"},
	"SignInPending": {"internal/session", "internal/signin"},
	"KeyRotation":   {"internal/reseal"},
	"DraftKeeping":  {"internal/draft"},
	"SyncEvents":    {"internal/sync"},
	"SyncPage":      {"internal/sync"},
	"SyncLease":     {"internal/sync"},
	"LogoutHeard":   {"internal/signin"},
	"LinkCheck":     {"internal/link"},
	"LinkDraft":     {"internal/link"},
	"GrantKeeping":  {"internal/signin"},
	"GrantRenewed":  {"internal/signin"},
	"TenantLookup":  {"internal/store", "internal/app"},
	"SessionLookup": {"internal/session"},
	"HookDelivery":  {"internal/hook"},
	"WorkLease":     {"internal/jobs"},
	"WorkStep":      {"internal/jobs"},

	"OperationLease":   {"internal/offboard"},
	"OperationFollow":  {"internal/offboard"},
	"SelectionKeeping": {"internal/directory"},
	"OperationDraft":   {"internal/offboard"},
	"OperationList":    {"internal/offboard"},

	"CertificatePart": {"internal/offboard"},

	"ConnectorHealth": {"internal/connector"},
	"ConnectorChecks": {"internal/connector"},
}

// badNames are package names that say nothing.
var badNames = []string{"utils", "util", "common", "helpers", "helper", "manager", "service", "services", "impl", "misc", "base", "shared"}

// Limits of length. The soft ones are listed by make size, the hard ones fail.
const (
	softFile, hardFile = 300, 500
	softFunc, hardFunc = 45, 80
	maxParams          = 5
)
