package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Serve      serve       `cmd:"" help:"Run the console."`
	Demo       demoRun     `cmd:"" help:"Run the console with demo data and a provider of its own."`
	Migrate    migrate     `cmd:"" help:"Bring the database's tables up to date, or look at them."`
	Seed       seedRun     `cmd:"" help:"Fill the directory with made-up people."`
	SecretKey  secretKey   `cmd:"" help:"Print a new key for sealing secrets."`
	Rotate     rotateKeys  `cmd:"" name:"rotate-keys" help:"Seal secrets again with the first key, so that older ones can go."`
	Connector  connectors  `cmd:"" help:"List connected systems, or test one."`
	SigningKey signingKeys `cmd:"" name:"signing-key" help:"List the keys that certificates are signed with, or make a new one."`
	Verify     verify      `cmd:"" help:"Check what Rollcall signed, without Rollcall."`
	Version    version     `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(new(commands), kong.Name("rollcall"), kong.UsageOnError(),
		kong.Description("User management beside any OpenID provider. Disabled means out, and we can prove it."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil {
		code := 1
		if e, ok := errors.AsType[*ended](err); ok {
			code = e.code
		}
		if text := explain(err); text != "" {
			fmt.Fprintln(os.Stderr, text)
		}
		os.Exit(code)
	}
}
