// Package layout draws what stands around every page: the document, the sidebar, the header, the banners, the footer.
//
// Page is for people who are signed in, Bare for the pages before and outside of that (sign-in, errors). It is not a
// place for the parts of a page, which are in views/ui, and it decides nothing: who may see which link is settled by
// whoever fills the model.
package layout
