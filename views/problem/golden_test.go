package problem

import (
	"testing"

	"github.com/rollcall/rollcall/views/ui/uitest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	uitest.Golden(t, "forbidden", Page(Model{Code: 403, Title: "You may not do this", Text: "This page needs the permission users.read, and you do not hold it.", Permission: "users.read", Reference: "7F3K-2Q9D-M4XA", Contact: "the service desk"}))
	uitest.Golden(t, "fault", Page(Model{Code: 500, Title: "Rollcall could not answer", Text: "The fault is Rollcall's, not yours.", Reference: "7F3K-2Q9D-M4XA", Retry: true, RetryHref: "/users?q=<a>"}))
	uitest.Golden(t, "refused", Page(Model{Code: 422, Title: "This cannot be accepted", Text: "Nothing was saved.", Details: []string{"Name is missing."}, Reference: "7F3K-2Q9D-M4XA"}))
	uitest.Golden(t, "fragment", Fragment(Model{Code: 503, Title: "Not available now", Text: "The database does not answer.", Reference: "7F3K-2Q9D-M4XA", Retry: true, RetryHref: "/users"}))
}
