package guard_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// secure is a site with a certificate for 127.0.0.1 that ends at a time.
func secure(t *testing.T, until time.Time) (address, authority string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"name":"Amara"}`)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TestTransport asserts kind and sentence for every way not to get there.
func TestTransport(t *testing.T) {
	t.Parallel()
	good, authority := secure(t, time.Now().Add(time.Hour))
	expired, expiredAuthority := secure(t, time.Now().Add(-time.Hour))
	plain := site(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	loopback := connector.Settings{DevLoopback: true}
	trusting := func(ca string) connector.Settings { return connector.Settings{DevLoopback: true, CA: ca} }
	for _, x := range []struct {
		name     string
		settings connector.Settings
		base     string
		kind     connector.FailureKind
		said     string
	}{
		{"unknown authority", loopback, good, connector.FailUnreachable, "its certificate is signed by an authority that is not trusted here."},
		{"expired", trusting(expiredAuthority), expired, connector.FailUnreachable, "its certificate is not valid at this time."},
		{"other name", trusting(authority), strings.Replace(good, "127.0.0.1", "localhost", 1), connector.FailUnreachable, "its certificate is for another host name."},
		{"no TLS", loopback, strings.Replace(plain.URL, "http:", "https:", 1), connector.FailUnreachable, "it does not speak TLS there."},
		{"nothing listens", loopback, gone.URL, connector.FailUnreachable, "nothing listens at its address."},
		{"no such name", loopback, "https://keycloak.invalid", connector.FailUnreachable, "its name cannot be resolved."},
		{"private", connector.Settings{}, "https://10.1.2.3", connector.FailAddress, "it lies at an address that Rollcall may not reach."},
		{"this machine", connector.Settings{}, good, connector.FailAddress, "it lies at an address that Rollcall may not reach."},
		{"metadata service", connector.Settings{AllowPrivate: true, DevLoopback: true}, "https://169.254.169.254", connector.FailAddress, "it lies at an address that Rollcall may not reach."},
		{"credentials inside", loopback, "https://admin:pass@127.0.0.1", connector.FailAddress, "it lies at an address that Rollcall may not reach."},
		{"plain http", connector.Settings{AllowPrivate: true}, "http://10.1.2.3", connector.FailAddress, "its address does not begin with https."},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			x.settings.BaseURL = x.base
			c := client(t, func(o *guard.Options) { o.Settings, o.Timeout = x.settings, 5*time.Second }, x.base)
			_, err := ask(t, c, x.base+"/ok")
			f := failure(t, err)
			if want := "Keycloak could not be asked to read a page of people: " + x.said; f.Kind != x.kind || f.Sentence != want || f.Fix == "" {
				t.Errorf("got %s %q", f.Kind, err)
			}
			if strings.Contains(err.Error(), "pass") {
				t.Errorf("carries credentials: %v", err)
			}
		})
	}
	t.Run("trusted", func(t *testing.T) {
		t.Parallel()
		c := client(t, func(o *guard.Options) { o.Settings.CA = authority }, good)
		a, err := c.Do(t.Context(), guard.Request{Method: http.MethodGet, URL: good, Step: step})
		if err != nil || a.TLS == nil || len(a.TLS.PeerCertificates) == 0 {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}
