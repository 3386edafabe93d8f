package demo

import (
	"errors"
	"net/http"

	"github.com/luikyv/go-oidc/pkg/goidc"

	view "github.com/rollcall/rollcall/views/demo"
)

// signOut ends the provider's session (RP-Initiated Logout 1.0). A valid ID
// token of the same session is consent enough; otherwise the person is asked,
// so that a link on some page cannot sign people out.
func (p *Provider) signOut(w http.ResponseWriter, r *http.Request, ls *goidc.LogoutSession) (goidc.Status, error) {
	confirmed := r.Method == http.MethodPost && r.PathValue("callback") != ""
	sitting, seated := p.sitting(r, now())
	sid, _ := ls.IDTokenHintClaims["sid"].(string)
	if seated && !confirmed && sid != sitting.sid {
		account, _ := p.account(sitting.account)
		page := view.SignOut{Provider: ProviderName, Banner: Banner, Name: account.Name, Action: ProviderPath + "/logout/" + ls.CallbackID}
		if err := p.draw(w, r, http.StatusOK, page.Page()); err != nil {
			return goidc.StatusFailure, err
		}
		return goidc.StatusInProgress, nil
	}
	p.leave(w, r)
	return goidc.StatusSuccess, nil
}

// signedOut answers when the client named no address to go back to.
func (p *Provider) signedOut(w http.ResponseWriter, r *http.Request, _ *goidc.LogoutSession) error {
	page := view.Notice{
		Provider: ProviderName, Banner: Banner, Title: "Signed out of " + ProviderName,
		Text: "You are signed out of " + ProviderName + ".", Href: "/", Link: "Go to Rollcall",
	}
	return p.draw(w, r, http.StatusOK, page.Page())
}

// refuse explains a request that cannot be answered by a redirect.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	code, said := http.StatusBadRequest, "The request could not be understood."
	var refused goidc.Error
	if errors.As(err, &refused) {
		code, said = refused.StatusCode(), refused.Description
	}
	p.log.Warn("demo provider refused a request", "path", r.URL.Path, "error", err)
	page := view.Notice{
		Provider: ProviderName, Banner: Banner, Title: "This request could not be answered",
		Text:   ProviderName + " could not answer this request. Nobody was signed in or out. Start again from Rollcall.",
		Detail: said, Href: "/", Link: "Start again from Rollcall",
	}
	return p.draw(w, r, code, page.Page())
}
