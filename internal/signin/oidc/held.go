package oidc

import "slices"

// judgeHeld wants the notes on held-back claims to be readable (Core section
// 5.6.2): which claims the provider left out must be certain.
func (p *Provider) judgeHeld(c claimSet) *Refusal {
	if _, said := c["_claim_names"]; !said {
		return nil
	}
	names, ok := c["_claim_names"].(map[string]any)
	if !ok {
		return p.refuse(ReasonClaimMalformed).detail("_claim_names")
	}
	sources, _ := c["_claim_sources"].(map[string]any)
	for _, source := range names {
		word, _ := source.(string)
		if _, ok := sources[word].(map[string]any); !ok {
			return p.refuse(ReasonClaimMalformed).detail("_claim_sources")
		}
	}
	return nil
}

// held names, sorted, the claims that the provider holds back: those it keeps
// at other addresses, which are never fetched, and groups that did not fit
// into the token (OIDC-37).
func (c claimSet) held() []string {
	var out []string
	names, _ := c["_claim_names"].(map[string]any)
	for name := range names {
		out = append(out, name)
	}
	if c["hasgroups"] == true || c["hasgroups"] == "true" {
		out = append(out, "groups")
	}
	slices.Sort(out)
	return slices.Compact(out)
}
