// Package accounts answers what is known of a person at connected systems:
// whether they can sign in, their accounts and sessions there, unlocking and
// ending them, and what came of it. Parts of it stand on the person's own page;
// package users draws that, package app puts them together.
package accounts
