package demo

import (
	"context"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// application is a system people of the company have access to.
type application struct {
	key, name   string
	permissions []access.PermissionInput
	roles       []access.RoleInput
}

func may(key, sentence string) access.PermissionInput {
	return access.PermissionInput{Key: key, Sentence: sentence}
}

// Keys of roles the stories speak of.
const (
	ledgerReader     = "ledger-prod.reader"
	ledgerAccountant = "ledger-prod.accountant"
	paymentPreparer  = "ledger-prod.payment-preparer"
	paymentApprover  = "ledger-prod.payment-approver"
	periodClose      = "ledger-prod.period-close"
	financeLead      = "ledger-prod.finance-lead"
	picker           = "warehouse.picker"
	stockKeeper      = "warehouse.stock-keeper"
	shiftLead        = "warehouse.shift-lead"
	crmUser          = "crm.user"
	crmLead          = "crm.sales-lead"
	crmExporter      = "crm.exporter"
	wikiEditor       = "wiki.editor"
	vpnUser          = "vpn.user"
	vpnAdmin         = "vpn.administrator"
	payrollViewer    = "payroll.viewer"
	payrollAdmin     = "payroll.administrator"
	recordsEditor    = "records.editor"
	codeContributor  = "code.contributor"
	deployStaging    = "deploy.staging"
	deployProduction = "deploy.production"
	onCall           = "deploy.on-call"
	supportAgent     = "support.agent"
	supportLead      = "support.supervisor"
	reportsViewer    = "reports.viewer"
	helpdeskLead     = "rollcall.helpdesk-lead"
)

// catalogue holds the applications with their permissions and roles; a role
// stands after those it contains.
var catalogue = []application{
	{"ledger-prod", "Ledger (production)", []access.PermissionInput{
		may("postings.read", "Read postings and balances of every company"), may("postings.export", "Export postings"),
		may("entries.post", "Post an entry in an open period"), may("entries.correct", "Correct a posted entry before the period closes"),
		may("entries.reverse", "Reverse an entry of a closed period"),
		may("payees.read", "See payees, without bank details"), may("payees.create", "Create a payee and change bank details"),
		may("payments.read", "See payments and where they stand"), may("payments.prepare", "Prepare a payment"),
		may("payments.release", "Release a prepared payment"), may("payments.stop", "Stop a payment before it leaves the bank"),
		may("periods.close", "Close an accounting period"), may("periods.reopen", "Open a closed period again"),
	}, []access.RoleInput{
		{Key: ledgerReader, Name: "Ledger reader", Sentence: "Reads postings and balances of every company and changes nothing.", Permissions: []string{"ledger-prod/postings.read", "ledger-prod/payees.read", "ledger-prod/payments.read"}},
		{Key: ledgerAccountant, Name: "Accountant", Sentence: "Posts and corrects entries while the period is open.", Permissions: []string{"ledger-prod/entries.post", "ledger-prod/entries.correct", "ledger-prod/postings.export"}, Children: []string{ledgerReader}},
		{Key: paymentPreparer, Name: "Payment preparer", Sentence: "Creates payees and prepares payments that somebody else releases.", Permissions: []string{"ledger-prod/payees.create", "ledger-prod/payments.prepare"}, Children: []string{ledgerReader}},
		{Key: paymentApprover, Name: "Payment approver", Sentence: "Releases prepared payments of up to 250,000 euros.", Privileged: true, Permissions: []string{"ledger-prod/payments.release", "ledger-prod/payments.stop"}, Children: []string{ledgerReader}},
		{Key: periodClose, Name: "Period close", Sentence: "Closes accounting periods and opens them again.", Privileged: true, Permissions: []string{"ledger-prod/periods.close", "ledger-prod/periods.reopen"}, Children: []string{ledgerAccountant}},
		{Key: financeLead, Name: "Finance lead", Sentence: "Leads an accounting team: posts, corrects and releases payments.", Permissions: []string{"ledger-prod/postings.export"}, Children: []string{ledgerAccountant, paymentApprover}},
	}},
	{"warehouse", "Warehouse", []access.PermissionInput{
		may("read-picks", "See pick lists"), may("confirm-pick", "Confirm what was picked"), may("book-stock", "Book stock in and out"),
		may("count-stock", "Count stock and note differences"), may("plan-shift", "Assign people to shifts"), may("write-off", "Write off stock"),
	}, []access.RoleInput{
		{Key: picker, Name: "Picker", Sentence: "Sees pick lists and confirms what was picked.", Permissions: []string{"warehouse/read-picks", "warehouse/confirm-pick"}},
		{Key: stockKeeper, Name: "Stock keeper", Sentence: "Books stock in and out and counts it.", Permissions: []string{"warehouse/book-stock", "warehouse/count-stock"}, Children: []string{picker}},
		{Key: shiftLead, Name: "Shift lead", Sentence: "Plans shifts and writes off damaged stock.", Permissions: []string{"warehouse/plan-shift", "warehouse/write-off"}, Children: []string{stockKeeper}},
	}},
	{"crm", "CRM", []access.PermissionInput{
		may("read-customer", "Read customers of the own region"), may("edit-customer", "Change customers of the own region"),
		may("move-customer", "Move customers between regions"), may("export-customers", "Export customer lists"),
	}, []access.RoleInput{
		{Key: crmUser, Name: "CRM user", Sentence: "Reads and changes the customers of the own region.", Permissions: []string{"crm/read-customer", "crm/edit-customer"}},
		{Key: crmLead, Name: "Sales lead", Sentence: "Sees every region and moves customers between them.", Permissions: []string{"crm/move-customer"}, Children: []string{crmUser}},
	}},
	{"wiki", "Wiki", []access.PermissionInput{may("edit-page", "Write and move pages of the own space")}, []access.RoleInput{
		{Key: wikiEditor, Name: "Wiki editor", Sentence: "Writes and moves pages of the own space.", Permissions: []string{"wiki/edit-page"}},
	}},
	{"vpn", "VPN", []access.PermissionInput{may("connect", "Reach the internal network from outside"), may("change-route", "Change routes and see who is connected")}, []access.RoleInput{
		{Key: vpnUser, Name: "VPN user", Sentence: "Reaches the internal network from outside the offices.", Permissions: []string{"vpn/connect"}},
		{Key: vpnAdmin, Name: "VPN administrator", Sentence: "Changes routes and sees who is connected.", Privileged: true, Permissions: []string{"vpn/change-route"}, Children: []string{vpnUser}},
	}},
	{"payroll", "Payroll", []access.PermissionInput{may("read-payslip", "Read payslips of the own country"), may("run-payroll", "Run payroll"), may("change-account", "Change where salaries go")}, []access.RoleInput{
		{Key: payrollViewer, Name: "Payroll viewer", Sentence: "Reads the payslips of the own country.", Permissions: []string{"payroll/read-payslip"}},
		{Key: payrollAdmin, Name: "Payroll administrator", Sentence: "Runs payroll and changes where salaries go.", Privileged: true, Permissions: []string{"payroll/run-payroll", "payroll/change-account"}, Children: []string{payrollViewer}},
	}},
	{"records", "People records", []access.PermissionInput{may("edit-record", "Change contracts and personal records")}, []access.RoleInput{
		{Key: recordsEditor, Name: "Records editor", Sentence: "Changes contracts and personal records of the own region.", Permissions: []string{"records/edit-record"}},
	}},
	{"code", "Source code", []access.PermissionInput{may("push", "Change source code of the own teams"), may("review", "Review and merge changes")}, []access.RoleInput{
		{Key: codeContributor, Name: "Code contributor", Sentence: "Changes, reviews and merges source code of the own teams.", Permissions: []string{"code/push", "code/review"}},
	}},
	{"deploy", "Deployments", []access.PermissionInput{may("staging", "Deploy to staging"), may("production", "Deploy to production and roll back"), may("pause", "Pause all deployments")}, []access.RoleInput{
		{Key: deployStaging, Name: "Staging deployer", Sentence: "Deploys to staging.", Permissions: []string{"deploy/staging"}},
		{Key: deployProduction, Name: "Production deployer", Sentence: "Deploys to production and rolls back.", Privileged: true, MaxDays: 180, Permissions: []string{"deploy/production"}, Children: []string{deployStaging}},
		{Key: onCall, Name: "Engineer on call", Sentence: "Deploys, rolls back and pauses everything from anywhere while on call.", MaxDays: 30, Permissions: []string{"deploy/pause"}, Children: []string{deployProduction}},
	}},
	{"support", "Support desk", []access.PermissionInput{may("answer", "Answer requests of customers"), may("refund", "Grant refunds of up to 500 euros")}, []access.RoleInput{
		{Key: supportAgent, Name: "Support agent", Sentence: "Answers requests of customers.", Permissions: []string{"support/answer"}},
		{Key: supportLead, Name: "Support supervisor", Sentence: "Grants refunds and takes over any request.", Permissions: []string{"support/refund"}, Children: []string{supportAgent}},
	}},
	{models.ConsoleApplication, "", nil, []access.RoleInput{
		{Key: helpdeskLead, Name: "Helpdesk lead", Sentence: "Does what the helpdesk does, invites people and edits their fields.", Permissions: []string{"rollcall/users.create", "rollcall/users.edit"}, Children: []string{models.RoleHelpdesk}},
	}},
	{"reports", "Reports", []access.PermissionInput{may("read", "Open the reports of the own area")}, []access.RoleInput{
		{Key: reportsViewer, Name: "Reports viewer", Sentence: "Opens the reports of the own area.", Permissions: []string{"reports/read"}},
	}},
}

// exporter is a role that was made some weeks ago, as the log tells.
var exporter = access.RoleInput{
	Key: crmExporter, Application: "crm", Name: "Customer list exporter", Sentence: "Exports customer lists for campaigns.",
	Privileged: true, MaxDays: 90, Permissions: []string{"crm/export-customers"}, Children: []string{crmUser},
}

// furnish puts applications, permissions, roles and local attributes in place.
func (l *loader) furnish(ctx context.Context) error {
	for _, app := range catalogue {
		if app.key != models.ConsoleApplication { // which is there already
			if _, err := l.access.CreateApplication(ctx, l.system(), access.ApplicationInput{Key: app.key, Name: app.name}); err != nil {
				return err
			}
		}
		for _, p := range app.permissions {
			p.Application = app.key
			if _, err := l.access.AddPermission(ctx, l.system(), p); err != nil {
				return err
			}
		}
		for _, r := range app.roles {
			r.Application = app.key
			r.Reason = "Taken over from the old access list"
			if _, err := l.access.CreateRole(ctx, l.system(), r); err != nil {
				return err
			}
		}
	}
	for _, d := range attributes() {
		if err := l.people.DefineAttribute(ctx, l.system(), d); err != nil {
			return err
		}
	}
	return nil
}

// attributes are the local fields people carry.
func attributes() []directory.Definition {
	var sites []string
	known := map[string]bool{}
	for _, d := range departments {
		for _, s := range d.sites {
			if !known[s] {
				known[s] = true
				sites = append(sites, s)
			}
		}
	}
	return []directory.Definition{
		{Key: "location", Label: "Location", Kind: models.AttributeChoice, Choices: sites, Position: 1},
		{Key: "cost_centre", Label: "Cost centre", Kind: models.AttributeText, Position: 2},
		{Key: "start_date", Label: "Start date", Kind: models.AttributeDate, Position: 3},
		{Key: "badge", Label: "Badge number", Kind: models.AttributeText, Masked: true, Position: 4},
	}
}
