package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/rollcall/rollcall/internal/demo"
)

type demoRun struct {
	Listen string `default:"127.0.0.1:8080" help:"Address and port to listen on."`
	Data   string `help:"Folder to keep the data in. Without it the data is gone when the demo ends." type:"path"`
}

// Run serves the demo until the process is asked to stop.
func (d *demoRun) Run(ctx context.Context) error {
	return demo.Run(ctx, demo.Options{Listen: d.Listen, DataDir: d.Data, Log: newLog(slog.LevelWarn), Out: os.Stdout, Version: release()})
}
