package keycloak

import (
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// person is an account in Keycloak's words. What is not here is not read.
type person struct {
	ID            string              `json:"id"`
	Username      string              `json:"username"`
	Email         string              `json:"email"`
	EmailVerified bool                `json:"emailVerified"`
	FirstName     string              `json:"firstName"`
	LastName      string              `json:"lastName"`
	Enabled       *bool               `json:"enabled"`
	Attributes    map[string][]string `json:"attributes"`
	Demands       []string            `json:"requiredActions"`
	CreatedMillis int64               `json:"createdTimestamp"`
}

// account turns it into ours. One that lacks what every account has is no
// account, and the answer it came in is not used.
func (s *system) read(p person, step string) (connector.Account, error) {
	if p.ID == "" || len(p.ID) > longID || p.Username == "" || p.Enabled == nil {
		return connector.Account{}, s.guard.Fail(connector.FailAnswer, step,
			s.name+" sent an account without id, username or state when asked to "+step+". Nothing of it was used.",
			"Check that no proxy changes the answers of Keycloak.")
	}
	return connector.Account{
		ID: p.ID, Username: p.Username, Email: p.Email, EmailVerified: p.EmailVerified && p.Email != "",
		GivenName: p.FirstName, FamilyName: p.LastName, Enabled: *p.Enabled,
		Attributes: p.Attributes, Demands: p.Demands, CreatedAt: millis(p.CreatedMillis),
	}, nil
}

// millis reads a time of Keycloak's; 0 is none.
func millis(n int64) time.Time {
	if n <= 0 || n > farMillis {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// farMillis is the year 9999: what lies behind it is a word, not a time.
const farMillis = 253402300799000

// session is a living session in Keycloak's words.
type session struct {
	ID       string            `json:"id"`
	UserID   string            `json:"userId"`
	IP       string            `json:"ipAddress"`
	Start    int64             `json:"start"`
	LastSeen int64             `json:"lastAccess"`
	Clients  map[string]string `json:"clients"`
}

// consent is what one application was granted in the name of an account.
type consent struct {
	ClientID string `json:"clientId"`
	Further  []struct {
		Key    string `json:"key"`
		Client string `json:"client"` // Keycloak's own id of it
	} `json:"additionalGrants"`
}

// client is an application. Its secret comes with the answer and is not read.
type client struct {
	Key        string            `json:"id"`
	ClientID   string            `json:"clientId"`
	Name       string            `json:"name"`
	Enabled    bool              `json:"enabled"`
	Protocol   string            `json:"protocol"`
	BearerOnly bool              `json:"bearerOnly"`
	Standard   bool              `json:"standardFlowEnabled"`
	Implicit   bool              `json:"implicitFlowEnabled"`
	Direct     bool              `json:"directAccessGrantsEnabled"`
	Attributes map[string]string `json:"attributes"`
}
