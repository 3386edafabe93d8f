package signin

import (
	"testing"

	"github.com/rollcall/rollcall/views/ui/uitest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	uitest.Golden(t, "choice", ChoicePage(Choice{Return: "/users?q=a&b=c", Notice: "Sign in to go on where you were.", Providers: []Provider{
		{Name: "Keycloak", Action: "/signin/keycloak"},
		{Name: "Entra <ID>", Action: "/signin/entra", Down: "Entra ID does not answer. Since Sun 22 Nov 2026, 10:42 UTC."},
	}}))
	uitest.Golden(t, "choice-none", ChoicePage(Choice{Return: "/", Unclaimed: "Nobody administers this installation yet."}))
	uitest.Golden(t, "choice-demo", ChoicePage(Choice{Return: "/", Providers: []Provider{{Name: "Northwind ID", Action: "/signin/northwind"}}, Personas: []Persona{
		{Name: "Amara Okafor", Role: "Enter as admin", Does: "Finds and edits people.", Action: "/signin/northwind", Hint: "amara"},
	}}))
	uitest.Golden(t, "refused", RefusedPage(Refused{
		Cause: "Your account is deactivated.", Since: "Since Thu 12 Nov 2026, 09:00 UTC.", Next: "Ask the service desk.", Detail: "deactivated", Reference: "7F3K-2Q9D-M4XA",
	}))
	uitest.Golden(t, "refused-again", RefusedPage(Refused{
		Cause: "The sign-in took too long.", Next: "Start again.", Reference: "7F3K-2Q9D-M4XA", Again: &Again{Label: "Start again", Action: "/signin/keycloak", Return: "/users"},
	}))
	uitest.Golden(t, "signed-out", SignedOutPage(SignedOut{Sentence: "You are signed out of Rollcall. Keycloak confirmed."}))
}
