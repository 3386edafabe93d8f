package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/rollcall/rollcall/internal/bench"
)

type commands struct {
	Seed seedRun    `cmd:"" help:"Fill an empty database with made-up people and their log."`
	Run  measureRun `cmd:"" help:"Measure every act on a filled database."`
}

type database struct {
	URL  string `required:"" help:"URL of the database."`
	DB   string `required:"" name:"db" enum:"sqlite,postgres,mariadb" help:"Its name in the printed lines."`
	Seed uint64 `default:"1" help:"Start of the sequence that data and samples are drawn from."`
}

func (d database) options() bench.Options {
	return bench.Options{URL: d.URL, Database: d.DB, Seed: d.Seed, Out: os.Stdout, Log: os.Stderr}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(new(commands), kong.Name("rollcall-bench"), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
