// Package static ships the files a browser needs beside the pages: styles, scripts, fonts and the icon.
//
// They are built from this folder and from npm packages into dist (make build), embedded into the binary, and served
// under names that carry a hash of their content, so a browser may keep them for ever. Nothing here depends on who
// asks.
package static
