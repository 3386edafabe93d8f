package hooks_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/handlers/hooks"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/hook"
	"github.com/rollcall/rollcall/internal/store"
	wire "github.com/rollcall/rollcall/internal/wire/hook"
	"github.com/rollcall/rollcall/views/layout"
)

const (
	manual  = "../../docs/integrator.md"
	secret  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	address = "0198c0de-0000-7000-8000-000000000001"
)

// site is the door with the real engine behind it, at the time of the machine.
func site(t *testing.T) (url string, stored *[]connector.Event) {
	t.Helper()
	db := dbtest.One(t, store.SQLite)
	db.Clock.Set(time.Now())
	stored = new([]connector.Event)
	engine, err := hook.New(hook.Deps{
		Store: db.Store, Log: slog.New(slog.DiscardHandler),
		Senders: func(_ context.Context, _ int64, publicID string) (int64, string, error) {
			if publicID == address {
				return 7, secret, nil
			}
			return 0, "", errs.New(errs.NotFound, "There is no such connector.")
		},
		Events: func(_ context.Context, _, _ int64, all []connector.Event) (int, error) {
			*stored = append(*stored, all...)
			return len(all), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	kit := web.New(web.Options{Log: slog.New(slog.DiscardHandler), Doorkeeper: nobody{}, Tenant: layout.Tenant{Name: "Northwind Group"}})
	routes := gin.New()
	kit.Mount(routes, hooks.New(hooks.Deps{Taker: engine, Tenant: db.Tenant}).Routes())
	server := httptest.NewServer(web.RequestIDs(routes))
	t.Cleanup(server.Close)
	return server.URL + "/hooks/", stored
}

// example is the shell script of the manual, and what it sends.
func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	script := regexp.MustCompile("(?s)```sh\n(id=.*?)```").FindSubmatch(text)
	if script == nil {
		t.Fatal("the manual has no example")
	}
	return string(script[1])
}

func run(t *testing.T, script string, env ...string) (string, error) {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "openssl", "base64", "od"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the example of the manual needs %s, which is not here", tool)
		}
	}
	shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	shell.Env = append(os.Environ(), append(env, "no_proxy=*")...)
	out, err := shell.CombinedOutput()
	return string(out), err
}

// What the manual tells people to type does what it says.
func TestExampleOfTheManual(t *testing.T) {
	t.Parallel()
	url, stored := site(t)
	out, err := run(t, example(t), "ADDRESS="+url+address, "SECRET="+secret)
	if err != nil || strings.TrimSpace(out) != `{"events":1,"new":1,"repeated":false}` {
		t.Fatalf("%v: %s", err, out)
	}
	want := []connector.Event{{ID: "e-4711", Kind: connector.EventChanged, At: time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC), AccountID: "8f2a6c1e"}}
	if diff := cmp.Diff(want, *stored); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	for name, env := range map[string][]string{
		"another secret":   {"ADDRESS=" + url + address, "SECRET=whsec_AAAA"},
		"nobody's address": {"ADDRESS=" + url + "nobody", "SECRET=" + secret},
	} {
		if out, err := run(t, example(t), env...); err == nil || !strings.Contains(out, `"error":"unauthorized"`) {
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
	if len(*stored) != 1 {
		t.Errorf("stored %d events, want 1", len(*stored))
	}
}

// Every JSON the manual shows for sending is accepted, and every kind it names exists.
func TestManualSpeaksTheGrammar(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	bodies := regexp.MustCompile(`\{"events": ?\[.*?\]\}`).FindAllString(string(text), -1)
	if len(bodies) < 3 {
		t.Fatalf("the manual shows %d messages, want at least 3", len(bodies))
	}
	for _, body := range bodies {
		if _, err := wire.Parse([]byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, kind := range wire.Kinds {
		if !strings.Contains(string(text), "`"+kind+"`") {
			t.Errorf("the manual does not name the kind %s", kind)
		}
	}
}
