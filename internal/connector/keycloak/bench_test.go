package keycloak_test

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/kctest"
)

// BenchmarkListPeople reads everybody through the adapter, and the same pages by a
// bare client that trusts whatever it gets: the least that the same list costs.
// The two take turns after a first round of each, since Keycloak is slower cold;
// the medians are reported. KEYCLOAK_PEOPLE says how many people there are.
//
//	scripts/with-keycloak go test -run '^$' -bench ListPeople -benchtime 10x ./internal/connector/keycloak
func BenchmarkListPeople(b *testing.B) {
	n := 5000
	if text := os.Getenv("KEYCLOAK_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	r := kctest.Open(b)
	r.AddPeople(b, kctest.Crowd("m", n))
	settings, secrets := r.Service(b, "rollcall", kctest.LeastRoles...)
	bare := r.Bare(settings, secrets)
	const page = 500
	ways := []struct {
		name string
		read func() int
		took []time.Duration
	}{
		{name: "bare", read: func() int { return bare.People(b, page, nil) }},
		{name: "adapter", read: func() int {
			seen, err := readAll(b, open(b, settings, secrets, nil), page, nil)
			if err != nil {
				b.Fatal(err)
			}
			return len(seen)
		}},
	}
	for _, way := range ways {
		way.read()
	}
	for b.Loop() {
		for i := range ways {
			began := time.Now()
			if got := ways[i].read(); got != n {
				b.Fatalf("%s: %d of %d people", ways[i].name, got, n)
			}
			ways[i].took = append(ways[i].took, time.Since(began))
		}
	}
	medians := make([]float64, len(ways))
	for i, way := range ways {
		slices.Sort(way.took)
		medians[i] = way.took[len(way.took)/2].Seconds()
		b.ReportMetric(float64(n)/medians[i], way.name+"-people/s")
	}
	b.ReportMetric(medians[0]/medians[1], "of-bare")
}
