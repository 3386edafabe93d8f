package demo

// department is one unit of the company: how many people it has, what they are
// called and where they sit.
type department struct {
	name   string
	people int
	head   string   // title of its head
	titles []string // of those who lead nobody, from junior to senior
	sites  []string
	kind   kind
}

// kind decides what access the people of a department have.
type kind uint8

const (
	kindOffice kind = iota
	kindFinance
	kindSales
	kindSupport
	kindEngineering
	kindOperations
	kindWarehouse
	kindPersonnel
	kindSecurity
	kindDesk
	kindAudit
)

var (
	anywhere = []string{"London", "Berlin", "Madrid", "Amsterdam", "Stockholm", "Warsaw", "New York", "Austin", "São Paulo", "Bengaluru", "Singapore", "Tokyo"}
	europe   = []string{"London", "Berlin", "Madrid", "Milan", "Amsterdam", "Stockholm", "Warsaw", "Istanbul", "Dubai", "Lagos", "Nairobi", "Johannesburg"}
	americas = []string{"New York", "Austin", "Toronto", "Mexico City", "São Paulo"}
	apac     = []string{"Singapore", "Tokyo", "Shanghai", "Bengaluru", "Manila", "Sydney"}
	tech     = []string{"Berlin", "Amsterdam", "Warsaw", "Budapest", "Lagos", "Bengaluru", "Pune", "Austin", "São Paulo"}
)

// departments of the company. Their sizes add up to Size.
var departments = []department{
	{"Executive Office", 22, "Chief Executive Officer", []string{"Executive Assistant", "Chief of Staff", "Programme Director"}, []string{"London"}, kindOffice},
	{"Finance", 318, "Chief Financial Officer", []string{"Accounts Payable Specialist", "Accountant", "Financial Analyst", "Senior Accountant", "Controller"}, []string{"London", "Berlin", "Warsaw", "New York", "Singapore"}, kindFinance},
	{"Treasury and Tax", 84, "Head of Treasury", []string{"Treasury Analyst", "Tax Analyst", "Senior Tax Adviser"}, []string{"London", "New York"}, kindFinance},
	{"Procurement", 156, "Head of Procurement", []string{"Buyer", "Category Buyer", "Senior Category Buyer"}, europe, kindOffice},
	{"Internal Audit", 38, "Head of Internal Audit", []string{"Auditor", "Senior Auditor", "IT Auditor"}, []string{"London", "Berlin", "Singapore"}, kindAudit},
	{"Legal", 104, "General Counsel", []string{"Paralegal", "Legal Counsel", "Senior Legal Counsel"}, anywhere, kindOffice},
	{"Compliance", 66, "Head of Compliance", []string{"Compliance Analyst", "Privacy Officer", "Senior Compliance Officer"}, []string{"London", "Berlin", "New York"}, kindOffice},
	{"Sales EMEA", 764, "Vice President Sales EMEA", []string{"Account Executive", "Key Account Manager", "Sales Engineer", "Senior Account Executive"}, europe, kindSales},
	{"Sales Americas", 812, "Vice President Sales Americas", []string{"Account Executive", "Key Account Manager", "Sales Engineer", "Senior Account Executive"}, americas, kindSales},
	{"Sales APAC", 548, "Vice President Sales APAC", []string{"Account Executive", "Key Account Manager", "Sales Engineer", "Senior Account Executive"}, apac, kindSales},
	{"Sales Operations", 118, "Head of Sales Operations", []string{"Sales Operations Analyst", "Pricing Analyst", "CRM Specialist"}, anywhere, kindSales},
	{"Marketing", 302, "Chief Marketing Officer", []string{"Marketing Specialist", "Content Editor", "Event Manager", "Brand Manager"}, anywhere, kindOffice},
	{"Corporate Communications", 54, "Head of Communications", []string{"Press Officer", "Internal Editor"}, []string{"London", "New York"}, kindOffice},
	{"Customer Support EMEA", 612, "Head of Support EMEA", []string{"Support Agent", "Support Specialist", "Senior Support Specialist"}, []string{"Warsaw", "Lagos", "Madrid", "Istanbul"}, kindSupport},
	{"Customer Support Americas", 528, "Head of Support Americas", []string{"Support Agent", "Support Specialist", "Senior Support Specialist"}, []string{"Austin", "Mexico City", "São Paulo"}, kindSupport},
	{"Customer Success", 366, "Head of Customer Success", []string{"Customer Success Manager", "Onboarding Specialist"}, anywhere, kindSupport},
	{"Product Management", 188, "Chief Product Officer", []string{"Associate Product Manager", "Product Manager", "Senior Product Manager"}, tech, kindEngineering},
	{"Design", 136, "Head of Design", []string{"Product Designer", "User Researcher", "Senior Product Designer"}, tech, kindOffice},
	{"Platform Engineering", 624, "Vice President Platform Engineering", []string{"Software Engineer", "Senior Software Engineer", "Staff Engineer"}, tech, kindEngineering},
	{"Product Engineering", 986, "Vice President Product Engineering", []string{"Software Engineer", "Frontend Engineer", "Mobile Engineer", "Senior Software Engineer", "Staff Engineer"}, tech, kindEngineering},
	{"Data and Analytics", 314, "Head of Data", []string{"Data Analyst", "Data Engineer", "Senior Data Scientist"}, tech, kindEngineering},
	{"Quality Engineering", 258, "Head of Quality Engineering", []string{"Test Engineer", "Senior Test Engineer"}, tech, kindEngineering},
	{"Site Reliability", 148, "Head of Site Reliability", []string{"Site Reliability Engineer", "Senior Site Reliability Engineer"}, []string{"Berlin", "Bengaluru", "Austin"}, kindOperations},
	{"IT Operations", 252, "Chief Information Officer", []string{"Systems Administrator", "Network Engineer", "Senior Systems Administrator"}, anywhere, kindOperations},
	{"Service Desk", 88, "Head of Service Desk", []string{"Service Desk Analyst", "Senior Service Desk Analyst"}, []string{"Stockholm", "Warsaw", "Bengaluru"}, kindDesk},
	{"Information Security", 106, "Chief Information Security Officer", []string{"Security Analyst", "Security Engineer", "Identity and Access Specialist"}, []string{"London", "Berlin", "Lagos", "Bengaluru"}, kindSecurity},
	{"Research", 172, "Head of Research", []string{"Research Engineer", "Scientist", "Principal Scientist"}, []string{"Stockholm", "Tokyo"}, kindEngineering},
	{"People Operations", 164, "Chief People Officer", []string{"People Partner", "People Operations Specialist", "Senior People Partner"}, anywhere, kindPersonnel},
	{"Talent Acquisition", 78, "Head of Talent Acquisition", []string{"Recruiter", "Senior Recruiter"}, anywhere, kindPersonnel},
	{"Learning", 42, "Head of Learning", []string{"Trainer", "Learning Designer"}, anywhere, kindOffice},
	{"Payroll", 52, "Head of Payroll", []string{"Payroll Specialist", "Senior Payroll Specialist"}, []string{"London", "Warsaw", "Manila"}, kindPersonnel},
	{"Facilities", 206, "Head of Facilities", []string{"Facilities Technician", "Site Coordinator", "Reception"}, anywhere, kindOffice},
	{"Logistics", 412, "Head of Logistics", []string{"Transport Planner", "Dispatcher", "Customs Specialist"}, []string{"Rotterdam", "Memphis", "Singapore"}, kindWarehouse},
	{"Warehouse Rotterdam", 604, "Site Manager Rotterdam", []string{"Warehouse Operative", "Forklift Driver", "Stock Controller"}, []string{"Rotterdam"}, kindWarehouse},
	{"Warehouse Memphis", 528, "Site Manager Memphis", []string{"Warehouse Associate", "Forklift Operator", "Inventory Controller"}, []string{"Memphis"}, kindWarehouse},
	{"Warehouse Singapore", 352, "Site Manager Singapore", []string{"Warehouse Assistant", "Forklift Operator", "Inventory Controller"}, []string{"Singapore"}, kindWarehouse},
	{"Moravia Works", 938, "Plant Manager Brno", []string{"Machine Operator", "Toolmaker", "Process Engineer", "Maintenance Technician"}, []string{"Brno"}, kindWarehouse},
	{"Supply Planning", 146, "Head of Supply Planning", []string{"Supply Planner", "Demand Planner", "Senior Supply Planner"}, []string{"Rotterdam", "Brno", "Memphis"}, kindOffice},
	{"Regional Services", 314, "Head of Regional Services", []string{"Office Coordinator", "Regional Analyst"}, anywhere, kindOffice},
}

// acquired is the bought company: its people still sign in with what they
// brought along, and that system owns their fields.
const acquired = "Moravia Works"

// suppliers lend people; the first part is the company's domain.
var suppliers = []string{"brightpath.example", "kestrel-logistics.example", "novaworks.example", "halden-consulting.example", "sable-systems.example"}

// dialling gives an invented telephone number of a place: all are in ranges
// kept free for such use.
var dialling = map[string]string{
	"London": "+44 20 7946 0###", "Berlin": "+49 30 23125 ###", "Stockholm": "+46 8 465 004 ##", "New York": "+1 212 555 01##",
	"Austin": "+1 512 555 01##", "Memphis": "+1 901 555 01##", "Toronto": "+1 416 555 01##", "Sydney": "+61 2 5550 ####",
}
