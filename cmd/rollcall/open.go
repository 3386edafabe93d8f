package main

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/store"
)

// load reads the configuration from flags, environment and file.
func load(flags config.Flags) (*config.Config, error) {
	return config.Load(config.Sources{Flags: flags, Env: os.Environ()})
}

// explain gives every problem of a configuration on a line of its own.
func explain(err error) string {
	return strings.TrimRight(config.Explain(err), "\n")
}

// open connects to the database of a configuration.
func open(ctx context.Context, cfg *config.Config) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: cfg.DatabaseURL.Reveal()})
}

// newLog writes JSON lines to standard error.
func newLog(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
