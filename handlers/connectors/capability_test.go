package connectors

import (
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

func TestEveryCapabilityIsSaidInWords(t *testing.T) {
	t.Parallel()
	for _, one := range connector.Capabilities {
		if abilities[one] == "" {
			t.Errorf("%s has no words of its own", one)
		}
	}
}
