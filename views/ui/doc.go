// Package ui draws the parts every page is made of: buttons, fields, tables, status marks, times, banners.
//
// A component is a pure function of one small model: it reads no clock, no request and no database, so a page that
// is given the same values always gives the same bytes. It is not a place for words of one noun; a sentence about
// roles belongs to the views of roles.
//
// Styles live in static/css/app.css and are reached by class name only; the content security policy allows neither
// style nor script attributes.
package ui
