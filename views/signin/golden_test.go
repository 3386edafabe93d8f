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
	uitest.Golden(t, "step-up", StepUpPage(StepUp{
		Provider: "Keycloak", Name: "Amara Okafor", What: "Give a role to a person", Why: "Admin is a privileged role.", For: "d-1",
		Comes: "After that you come back to the form, filled in as you left it.", Minutes: "15 minutes", Cancel: "/users/7/roles/new",
	}))
	uitest.Golden(t, "step-up-gone", StepUpPage(StepUp{
		Provider: "Keycloak", Name: "Amara Okafor", Gone: "What you had typed is no longer kept.", Comes: "After that you come back here.", Minutes: "1 minute", Cancel: "/",
	}))
	uitest.Golden(t, "step-up-refused", StepUpRefusedPage(StepUpRefused{
		Cause: "Keycloak returned without asking you again.", Next: "Start again.", Detail: "auth_time <missing>", Reference: "7F3K-2Q9D-M4XA",
		For: "d-1", Again: true, Back: "/users/7/deactivate",
	}))
	uitest.Golden(t, "step-up-over", StepUpRefusedPage(StepUpRefused{
		Cause: "The session is no longer open in this browser.", Next: "Go back to the page and start again.", Reference: "7F3K-2Q9D-M4XA", Back: "/",
	}))
	uitest.Golden(t, "signed-out", SignedOutPage(SignedOut{Sentence: "You are signed out of Rollcall. Keycloak confirmed."}))
}
