package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// The headers of a message.
const (
	HeaderID        = "Webhook-Id"        // unique for each message, the same when it is sent again
	HeaderTimestamp = "Webhook-Timestamp" // seconds since 1970, when it was sent
	HeaderSignature = "Webhook-Signature" // "v1,<base64>", several separated by spaces
)

// Window is how far the timestamp may be from our clock.
const Window = 5 * time.Minute

// SecretPrefix marks a secret whose rest is the key in base64. A secret without
// it is the key itself.
const SecretPrefix = "whsec_"

// version marks a signature by HMAC-SHA256.
const version = "v1,"

// maxSignatures is how many signatures of one message are compared.
const maxSignatures = 8

// Signed is what the headers of a message say.
type Signed struct {
	ID        string
	Timestamp string
	Signature string
}

// Sign gives the signature header of a message.
func Sign(secret, id string, at time.Time, body []byte) string {
	return version + base64.StdEncoding.EncodeToString(mac(secret, id, strconv.FormatInt(at.Unix(), 10), body))
}

// Verify reports, as a *Problem, why a message is not by who holds the secret, or
// not of now. The signature is compared first and in constant time, so that
// nobody without the secret learns more than that it is wrong.
func Verify(secret string, h Signed, body []byte, now time.Time) error {
	if h.ID == "" || h.Timestamp == "" || h.Signature == "" {
		return &Problem{Sentence: "The headers " + HeaderID + ", " + HeaderTimestamp + " and " + HeaderSignature + " must be there."}
	}
	if len(h.ID) > maxText || strings.ContainsFunc(h.ID, func(r rune) bool { return r <= ' ' || r > '~' || r == '.' }) {
		return &Problem{Where: HeaderID, Sentence: "The id has at most 255 visible ASCII characters and no full stop."}
	}
	if !matches(secret, h, body) {
		return &Problem{Where: HeaderSignature, Sentence: "The signature does not belong to this address, id, timestamp and body."}
	}
	seconds, err := strconv.ParseInt(h.Timestamp, 10, 64)
	if err != nil {
		return &Problem{Where: HeaderTimestamp, Sentence: "The timestamp is not the number of seconds since 1970."}
	}
	if off := now.Sub(time.Unix(seconds, 0)); off > Window || off < -Window {
		return &Problem{Where: HeaderTimestamp, Sentence: "The timestamp is more than 5 minutes from the clock here. Send it again with a new one, and compare the clocks."}
	}
	return nil
}

// matches compares every signature of the header, so that a sender may sign
// with an old and a new secret while it is changed.
func matches(secret string, h Signed, body []byte) bool {
	want := mac(secret, h.ID, h.Timestamp, body)
	good := false
	for i, one := range strings.Fields(h.Signature) {
		if i == maxSignatures {
			break
		}
		text, ok := strings.CutPrefix(one, version)
		if !ok {
			continue
		}
		got, err := base64.StdEncoding.DecodeString(text)
		if err == nil && hmac.Equal(got, want) {
			good = true
		}
	}
	return good && secret != ""
}

func mac(secret, id, timestamp string, body []byte) []byte {
	m := hmac.New(sha256.New, key(secret))
	m.Write([]byte(id + "." + timestamp + "."))
	m.Write(body)
	return m.Sum(nil)
}

// key gives the bytes behind a secret.
func key(secret string) []byte {
	if text, ok := strings.CutPrefix(secret, SecretPrefix); ok {
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			return raw
		}
	}
	return []byte(secret)
}
