package signin

import (
	"slices"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// What a connector asks of a fresh sign-in holds for the provider it is (OIDC-32).
func TestConnectorDemandsClasses(t *testing.T) {
	t.Parallel()
	p := settingsOf(connector.Provider{Connector: connector.Connector{Settings: connector.Settings{SignIn: &connector.SignIn{ClientID: "a", ACR: []string{"gold", "2"}}}}})
	if !slices.Equal(p.StepUpACR, []string{"gold", "2"}) {
		t.Errorf("a fresh sign-in must reach %q, want what the connector says", p.StepUpACR)
	}
}
