package hook_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/wire/hook"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var at = time.Unix(1614265330, 0)

// The example that the Standard Webhooks specification's own libraries are
// tested with: id, time, body, secret and signature.
func TestSignAsTheStandardDoes(t *testing.T) {
	t.Parallel()
	got := hook.Sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature = %s, want %s", got, want)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	body := []byte(`{"events":[]}`)
	signed := hook.Signed{ID: "msg-1", Timestamp: strconv.FormatInt(at.Unix(), 10), Signature: hook.Sign(secret, "msg-1", at, body)}
	with := func(change func(*hook.Signed)) hook.Signed {
		s := signed
		change(&s)
		return s
	}
	wrong := "Webhook-Signature: The signature does not belong to this address, id, timestamp and body."
	late := "Webhook-Timestamp: The timestamp is more than 5 minutes from the clock here. Send it again with a new one, and compare the clocks."
	missing := "The headers Webhook-Id, Webhook-Timestamp and Webhook-Signature must be there."
	for name, c := range map[string]struct {
		secret string
		h      hook.Signed
		body   string
		now    time.Time
		want   string
	}{
		"good":                  {secret, signed, string(body), at, ""},
		"at the window's end":   {secret, signed, string(body), at.Add(hook.Window), ""},
		"at its beginning":      {secret, signed, string(body), at.Add(-hook.Window), ""},
		"two signatures":        {secret, with(func(s *hook.Signed) { s.Signature = "v1,AAAA v2,xyz " + s.Signature }), string(body), at, ""},
		"late":                  {secret, signed, string(body), at.Add(hook.Window + time.Second), late},
		"early":                 {secret, signed, string(body), at.Add(-hook.Window - time.Second), late},
		"another body":          {secret, signed, `{"events":[] }`, at, wrong},
		"another id":            {secret, with(func(s *hook.Signed) { s.ID = "msg-2" }), string(body), at, wrong},
		"another time":          {secret, with(func(s *hook.Signed) { s.Timestamp = "1614265331" }), string(body), at, wrong},
		"another secret":        {"whsec_AAAA", signed, string(body), at, wrong},
		"no secret":             {"", with(func(s *hook.Signed) { s.Signature = hook.Sign("", "msg-1", at, body) }), string(body), at, wrong},
		"the bare signature":    {secret, with(func(s *hook.Signed) { s.Signature = strings.TrimPrefix(s.Signature, "v1,") }), string(body), at, wrong},
		"behind too many":       {secret, with(func(s *hook.Signed) { s.Signature = strings.Repeat("v1,AAAA ", 8) + s.Signature }), string(body), at, wrong},
		"no signature":          {secret, with(func(s *hook.Signed) { s.Signature = "" }), string(body), at, missing},
		"no id":                 {secret, with(func(s *hook.Signed) { s.ID = "" }), string(body), at, missing},
		"no time":               {secret, with(func(s *hook.Signed) { s.Timestamp = "" }), string(body), at, missing},
		"an id with full stops": {secret, with(func(s *hook.Signed) { s.ID = "msg.1" }), string(body), at, "Webhook-Id: The id has at most 255 visible ASCII characters and no full stop."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := hook.Verify(c.secret, c.h, []byte(c.body), c.now)
			if got := text(err); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	plain := "a secret of somebody's own making"
	if err := hook.Verify(plain, hook.Signed{ID: "1", Timestamp: signed.Timestamp, Signature: hook.Sign(plain, "1", at, body)}, body, at); err != nil {
		t.Errorf("a secret without prefix: %v", err)
	}
	words := hook.Signed{ID: "1", Timestamp: "soon", Signature: "v1,AAAA"}
	if err := hook.Verify(plain, words, body, at); text(err) != wrong {
		t.Errorf("a timestamp in words: %v", err)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
