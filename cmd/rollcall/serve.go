package main

import (
	"context"
	"log/slog"

	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
)

type serve struct {
	config.Flags
}

// Run serves the console until the process is asked to stop.
func (s *serve) Run(ctx context.Context) error {
	cfg, err := load(s.Flags)
	if err != nil {
		return err
	}
	log := newLog(cfg.LogLevel)
	slog.SetDefault(log)
	a, err := app.New(ctx, cfg, app.Options{Log: log, Version: release()})
	if err != nil {
		return err
	}
	defer a.Close()
	return app.Serve(ctx, a, cfg.Listen)
}
