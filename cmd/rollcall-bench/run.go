package main

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/bench"
)

type measureRun struct {
	database

	Budget time.Duration `default:"3s" help:"How long each way of an act is measured."`
	Acts   string        `help:"Measure only acts whose name holds this."`
}

// Run measures.
func (r *measureRun) Run(ctx context.Context) error {
	o := r.options()
	o.Budget, o.Acts = r.Budget, r.Acts
	_, err := bench.Run(ctx, o)
	return err
}
