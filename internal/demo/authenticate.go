package demo

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"

	view "github.com/rollcall/rollcall/views/demo"
)

// authenticate decides who the browser is: the one who was chosen on the page,
// the one the request names, or the one who is signed in already. It follows
// OpenID Connect Core section 3.1.2.1 for prompt and max_age.
func (p *Provider) authenticate(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession) (goidc.Status, error) {
	at := now()
	if r.Method == http.MethodPost && r.PathValue("callback") != "" {
		chosen, known := p.account(r.PostFormValue("account"))
		if !known {
			return p.ask(w, r, as, http.StatusUnprocessableEntity)
		}
		return p.seat(w, r, as, chosen)
	}
	hinted, named := p.account(as.LoginHint)
	sitting, seated := p.sitting(r, at)
	usable := seated && !p.tooOld(as, sitting, at) && (!named || hinted.Key == sitting.account)
	mustAsk := as.Prompt == goidc.PromptTypeLogin || as.Prompt == goidc.PromptTypeSelectAccount
	switch {
	case as.Prompt == goidc.PromptTypeNone && !usable:
		return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeLoginRequired, "nobody is signed in here, or not recently enough")
	case mustAsk || !usable && !named:
		return p.ask(w, r, as, http.StatusOK)
	case usable:
		account, _ := p.account(sitting.account)
		return p.admit(as, account, sitting)
	}
	return p.seat(w, r, as, hinted)
}

// tooOld reports whether the sign-in lies further back than the request allows.
func (p *Provider) tooOld(as *goidc.AuthnSession, s seat, now time.Time) bool {
	return as.MaxAuthnAgeSecs != nil && now.Sub(s.since) > time.Duration(*as.MaxAuthnAgeSecs)*time.Second
}

// account finds an account by its key, username, e-mail or subject.
func (p *Provider) account(text string) (Account, bool) {
	text = strings.TrimSpace(text)
	i := slices.IndexFunc(p.accounts, func(a Account) bool {
		return text != "" && (a.Key == text || a.Username == text || a.Subject == text || strings.EqualFold(a.Email, text))
	})
	if i < 0 {
		return Account{}, false
	}
	return p.accounts[i], true
}

// admit puts into the ID token what the scopes ask for.
func (p *Provider) admit(as *goidc.AuthnSession, a Account, s seat) (goidc.Status, error) {
	a = p.current(a)
	as.SetUserID(a.Subject)
	as.GrantScopes(as.Scopes)
	claims := map[string]any{"auth_time": s.since.Unix(), "sid": s.sid, "amr": []string{"user"}} // RFC 8176: somebody was there
	scopes := strings.Fields(as.Scopes)
	if slices.Contains(scopes, "profile") {
		claims["name"], claims["given_name"], claims["family_name"], claims["preferred_username"] = a.Name, a.Given, a.Family, a.Username
	}
	if slices.Contains(scopes, "email") {
		claims["email"], claims["email_verified"] = a.Email, true
	}
	if slices.Contains(scopes, "groups") || slices.Contains(scopes, "profile") {
		claims["groups"] = a.Groups
	}
	for name, value := range claims {
		as.SetIDTokenClaim(name, value)
		if name != "sid" && name != "amr" && name != "auth_time" {
			as.SetUserInfoClaim(name, value)
		}
	}
	return goidc.StatusSuccess, nil
}

// ask draws the page with one button for each account.
func (p *Provider) ask(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession, code int) (goidc.Status, error) {
	if as.Prompt == goidc.PromptTypeNone {
		return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeLoginRequired, "nobody was chosen")
	}
	page := view.SignIn{Provider: ProviderName, Banner: Banner, Action: ProviderPath + "/authorize/" + as.CallbackID, Missing: code != http.StatusOK}
	first, _ := p.account(as.LoginHint)
	if s, seated := p.sitting(r, now()); seated && first.Key == "" {
		first, _ = p.account(s.account)
	}
	for _, a := range p.accounts {
		choice := view.Choice{Value: a.Key, Name: a.Name, Role: strings.ToLower(a.Role), Sentence: a.Sentence, First: a.Key == first.Key}
		if slices.ContainsFunc(Personas(), func(x Persona) bool { return x.Key == a.Key }) {
			page.People = append(page.People, choice)
		} else {
			page.Others = append(page.Others, choice)
		}
	}
	if err := p.draw(w, r, code, page.Page()); err != nil {
		return goidc.StatusFailure, err
	}
	return goidc.StatusInProgress, nil
}
