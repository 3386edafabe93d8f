package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Limits of the server (WEB-29). Answers that stream take their write deadline
// off themselves.
const (
	headerTime   = 10 * time.Second
	readTime     = 30 * time.Second
	writeTime    = 60 * time.Second
	idleTime     = 2 * time.Minute
	maxHeader    = 64 << 10
	shutdownTime = 15 * time.Second
)

// Serve answers on an address until ctx ends, then lets running requests finish.
func Serve(ctx context.Context, a *App, listen string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w. Choose another address with --listen", listen, err)
	}
	return ServeOn(ctx, l, a.Handler(), a.options.Log.Info)
}

// ServeOn answers on a listener with the limits of the product.
func ServeOn(ctx context.Context, l net.Listener, h http.Handler, say func(string, ...any)) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	say("listening", "address", l.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	say("shutting down")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("some requests did not finish in 15 seconds and were cut off")
	}
	return err
}
