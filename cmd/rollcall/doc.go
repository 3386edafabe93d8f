// Command rollcall is the whole product in one program: the console (serve), a
// running demo, migrations, and the few commands an operator needs.
//
// Each subcommand has a file of its own. What it does is in internal/app.
package main
