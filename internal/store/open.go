package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the "sqlite" driver

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Clock tells the time; tests set their own.
type Clock func() time.Time

// Options say how to open the database.
type Options struct {
	URL      string // sqlite://file.db, postgres://..., mysql://... or mariadb://...
	Clock    Clock  // nil: the machine's clock
	MaxConns int    // 0: 16; SQLite always writes through one
	Relaxed  bool   // SQLite only: do not wait for the disk at each commit (seeding and demo)
	Wrap     Wrap   // tests only: stands between the pool and the driver
}

// Store is an open database.
type Store struct {
	write, read *bun.DB // the same pool except on SQLite
	dialect     Dialect
	clock       Clock
	scoped      sync.Map // tenant id -> Reader
}

// Open connects to the database and checks that it answers. It changes nothing.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	s := &Store{clock: o.Clock}
	var err error
	switch scheme, _, _ := strings.Cut(o.URL, ":"); scheme {
	case "sqlite":
		err = s.openSQLite(o)
	case "postgres", "postgresql":
		err = s.openPostgres(o)
	case "mysql", "mariadb":
		err = s.openMySQL(o)
	default:
		return nil, errs.New(errs.Invalid, "The database URL must start with sqlite:, postgres: or mysql:, for example sqlite://rollcall.db.")
	}
	if err != nil {
		return nil, err
	}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(o Options) error {
	path := strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite:"), "//")
	if path == "" || path == ":memory:" {
		return errs.New(errs.Invalid, "The SQLite URL needs a file, for example sqlite://rollcall.db.")
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "temp_store(MEMORY)", "cache_size(-65536)",
	}}
	if o.Relaxed {
		q.Add("_pragma", "synchronous(NORMAL)")
	} else {
		q.Add("_pragma", "synchronous(FULL)")
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	write, err := openDriver("sqlite", dsn, o.Wrap)
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	write.SetMaxOpenConns(1)
	read, err := openDriver("sqlite", dsn+"&_pragma=query_only(1)", o.Wrap)
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	s.dialect = SQLite
	s.write = bun.NewDB(write, sqlitedialect.New())
	s.read = bun.NewDB(read, sqlitedialect.New())
	return nil
}

// openPostgres speaks the simple protocol: prepared statements flip to generic
// plans that walk the wrong index.
func (s *Store) openPostgres(o Options) error {
	u, err := url.Parse(o.URL)
	if err != nil {
		return errs.New(errs.Invalid, "The PostgreSQL URL cannot be read. It looks like postgres://user:password@host:5432/rollcall.")
	}
	q := u.Query()
	q.Set("default_query_exec_mode", "simple_protocol")
	q.Set("timezone", "UTC")
	u.RawQuery = q.Encode()
	db, err := openDriver("pgx", u.String(), o.Wrap)
	if err != nil {
		return fmt.Errorf("open postgres: %w", err)
	}
	s.dialect = Postgres
	s.pool(db, o.MaxConns)
	s.write = bun.NewDB(db, pgdialect.New())
	s.read = s.write
	return nil
}

func (s *Store) openMySQL(o Options) error {
	u, err := url.Parse(o.URL)
	if err != nil || u.Path == "" || u.User == nil {
		return errs.New(errs.Invalid, "The MariaDB URL cannot be read. It looks like mysql://user:password@host:3306/rollcall.")
	}
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr = "tcp", u.Host
	if u.Port() == "" {
		c.Addr = u.Host + ":3306"
	}
	if socket := u.Query().Get("socket"); socket != "" {
		c.Net, c.Addr = "unix", socket
	}
	if tls := u.Query().Get("tls"); tls != "" {
		c.TLSConfig = tls
	}
	c.DBName = strings.TrimPrefix(u.Path, "/")
	c.ClientFoundRows = true
	c.ParseTime = true
	c.Collation = "utf8mb4_bin"
	c.Params = map[string]string{
		"sql_mode":                 "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
		"time_zone":                "'+00:00'",
		"tx_isolation":             "'READ-COMMITTED'",
		"innodb_lock_wait_timeout": "20",
	}
	db, err := openDriver("mysql", c.FormatDSN(), o.Wrap)
	if err != nil {
		return fmt.Errorf("open mariadb: %w", err)
	}
	s.dialect = MySQL
	s.pool(db, o.MaxConns)
	s.write = bun.NewDB(db, mysqldialect.New())
	s.read = s.write
	return nil
}

func (s *Store) pool(db *sql.DB, conns int) {
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(30 * time.Minute)
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.write.PingContext(ctx); err != nil {
		return errs.Wrap(err, errs.Unavailable, "The database does not answer.")
	}
	return nil
}

// Close ends all connections.
func (s *Store) Close() error {
	if s.read != s.write {
		if err := s.read.Close(); err != nil {
			return err
		}
	}
	return s.write.Close()
}

// Dialect tells which kind of database this is.
func (s *Store) Dialect() Dialect { return s.dialect }

// Now gives the clock's time.
func (s *Store) Now() models.Instant { return models.At(s.clock()) }
