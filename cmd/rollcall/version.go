package main

import (
	"fmt"
	"runtime/debug"

	"github.com/rollcall/rollcall/internal/secret"
)

// number is set by the build: -ldflags "-X main.number=1.2.3".
var number = ""

// release names what is running.
func release() string {
	if number != "" {
		return number
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}

type version struct{}

// Run prints the version.
func (version) Run() error {
	fmt.Println("rollcall", release())
	return nil
}

type secretKey struct{}

// Run prints a new key for ROLLCALL_SECRET_KEY.
func (secretKey) Run() error {
	fmt.Println(secret.NewKey().Hex())
	return nil
}
