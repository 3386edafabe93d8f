package main

import (
	"context"

	"github.com/rollcall/rollcall/internal/bench"
)

type seedRun struct {
	database

	People  int  `short:"n" default:"100000" help:"How many people."`
	Analyze bool `default:"true" negatable:"" help:"Gather the statistics that a running database has."`
}

// Run fills the database.
func (r *seedRun) Run(ctx context.Context) error {
	o := r.options()
	o.People, o.Plain = r.People, !r.Analyze
	return bench.Seed(ctx, o)
}
