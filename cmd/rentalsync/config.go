package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"rentalsync/mappings"
	"rentalsync/pipeline"
)

// config is rentalsync.yaml: which folders are read, by which mappings, and
// which IRIS account gets what comes of it. Paths are relative to the file.
type config struct {
	// The database that keeps all that must survive a restart, as sqlite:FILE. Default: sqlite:state/rentalsync.db.
	Journal string `yaml:"journal"`

	// The ERP accounts, one flow each. Required.
	Flows []flowConfig `yaml:"flows,required"`

	file string
}

// flowConfig is one ERP account: its drop, mappings, IRIS account and reports.
type flowConfig struct {
	// The name of the flow in reports and on the command line: letters, digits, - and _. Required.
	Flow string `yaml:"flow,required"`

	// The place where the ERP leaves files. Required.
	Drop dropConfig `yaml:"drop,required"`

	// The mapping files of this flow; * stands for any part of a name. Required.
	Mappings []string `yaml:"mappings,required"`

	// When a dropped file may be taken. Default: once it has not changed for 10s.
	Ready readyConfig `yaml:"ready"`

	// The folder for files that are done; {date:YYYY/MM} stands for the business date. On an SFTP server it lies in the drop's directory. Default: archive/{date:YYYY/MM}.
	Archive string `yaml:"archive"`

	// The folder for files that cannot be read, each with a note that says why. On an SFTP server it lies in the drop's directory. Default: quarantine.
	Quarantine string `yaml:"quarantine"`

	// Files that show the ERP what became of each of its files, in the folder it writes into. Default: none.
	Acknowledge acknowledgeConfig `yaml:"acknowledge"`

	// What IRIS sees as external reference of what the ERP calls {key}; it must be unique in the IRIS account. Default: "{key}".
	References string `yaml:"references"`

	// How much a night may change before a person looks at it. Default: only the first night of a real account waits.
	Gates gatesConfig `yaml:"gates"`

	// Whom to tell that something waits for him. Default: nobody.
	Notify notifyConfig `yaml:"notify"`

	// What becomes of things that files which claim to name them no longer name. Default: assets are reported, rentals end.
	Absent absentConfig `yaml:"absent"`

	// Which rentals that ended before the first night are sent: none, all, or those that ended on a date or later, as 2026-01-31. Default: none.
	History mappings.Text `yaml:"history" jsonschema:"example=none,example=all"`

	// How long after it IRIS did not know a machine, or refused to, it is asked again although nothing changed. Default: 7d.
	Reoffer time.Duration `yaml:"reoffer"`

	// How long things are kept. Default: see there.
	Keep keepConfig `yaml:"keep"`

	// The ids of sites in IRIS, by the ERP's own key of the depot. Default: what mappings of depots say.
	Depots map[string]string `yaml:"depots"`

	// What rentalsync prepare --apply may make in IRIS. Default: nothing but external references of machines.
	Prepare prepareConfig `yaml:"prepare"`

	// The IRIS account that gets what the ERP says. Required.
	IRIS irisConfig `yaml:"iris,required"`

	// Where the reports of each run go, and in which formats. Default: all formats, into outbox.
	Reports reportsConfig `yaml:"reports"`

	// Where telematics of the fleet go. Default: into the folder of the reports.
	Snapshot snapshotConfig `yaml:"snapshot"`

	mappingFiles []string // what the mappings' patterns found
}

// absentConfig says what becomes of things that are no longer named.
type absentConfig struct {
	// An asset that a file of all assets no longer names: it is reported, or given a rental status of IRIS such as OTHER. Default: report.
	Asset string `yaml:"asset" jsonschema:"example=report,example=OTHER"`

	// A rental that a file of all open rentals no longer names: it ends, or it is reported and stays open. Default: end.
	Item string `yaml:"item" jsonschema:"enum=end,enum=report"`

	// How many nights in a row must miss something before that. A rental whose machine is on another one ends at once. Default: 1.
	Nights int `yaml:"nights"`
}

// irisConfig is one IRIS account.
type irisConfig struct {
	// The address of the API: https://iris.trackunit.com, or the simulator's. Required.
	URL string `yaml:"url,required"`

	// How access is asked for. Required.
	Token tokenConfig `yaml:"token,required"`

	// How many requests may be sent in a second, minute or hour: 5/s, 300/m, 18000/h or none. A single rate is that of rental and other. Default: {rental: 5/s, fleet: 50/s, equipment: 500/s, other: 5/s}.
	Rate ratesConfig `yaml:"rate"`

	// How many requests may be on their way at once. Default: 2.
	Parallel int `yaml:"parallel"`

	// Makes IRIS refuse what it would keep for a machine it does not know yet. Default: false.
	ValidateAssets bool `yaml:"validateAssets"`

	// How often IRIS allows the same page of the fleet to be read. Default: 15m.
	FleetEvery time.Duration `yaml:"fleetEvery"`

	// Asks for what IRIS knows of machines beyond the standard, such as battery voltages. Default: false.
	ExtendedData bool `yaml:"extendedData"`

	// A file that says how requests are spelled, instead of the one built in. Default: the one built in.
	Wire string `yaml:"wire"`

	// Additions to what IRIS is known to take, such as {rentalStatus: [NEW]}. Default: none.
	Values map[string][]string `yaml:"values"`
}

// tokenConfig says how access to an IRIS account is asked for: by client
// credentials, or by the password of an API user where username is given.
// ${env:NAME} and ${file:PATH} keep secrets out of the config.
type tokenConfig struct {
	// The address that gives tokens: https://auth.trackunit.com/token/v2, or https://auth.trackunit.com/token with a username. Required.
	URL string `yaml:"url,required"`

	// The id of the API key. Required.
	ClientID setting `yaml:"clientId,required"`

	// The secret of the API key, as ${env:NAME} or ${file:PATH}. Required.
	ClientSecret secret `yaml:"clientSecret,required"`

	// The API user, for the address without v2. Default: none.
	Username setting `yaml:"username"`

	// The API user's password, as ${env:NAME} or ${file:PATH}. Default: none.
	Password secret `yaml:"password"`

	// What the token is asked to allow. Default: all that the key may do.
	Scopes []string `yaml:"scopes"`
}

// reportsConfig says where reports go.
type reportsConfig struct {
	// The place for the reports. Default: {local: outbox}.
	To outboxConfig `yaml:"to"`

	// The forms of each report: xlsx for people, csv and json for machines. Default: [xlsx, csv, json].
	Formats []string `yaml:"formats" jsonschema:"enum=xlsx,enum=csv,enum=json"`

	// The layout files by which each run is told to the ERP, beside the reports, in its own dialect; * stands for any part of a name. Default: none.
	Layouts []string `yaml:"layouts" jsonschema:"example=mappings/layouts/acknowledgements.yaml"`

	layoutFiles []string // what the layouts' patterns found
}

// snapshotConfig says when telematics of the fleet are read, and where they go.
type snapshotConfig struct {
	// When rentalsync run takes a snapshot, by the clock of timezone: minute, hour, day of the month, month and day of the week, as cron has them. Default: never; rentalsync snapshot takes one when it is told to.
	At mappings.Text `yaml:"at" jsonschema:"example=30 4 * * *"`

	// The zone of the times in snapshots and reports, such as Europe/Berlin. Default: UTC.
	Timezone string `yaml:"timezone"`

	// The place for the snapshots. Default: the folder of the reports.
	To outboxConfig `yaml:"to"`

	// The layout files by which each snapshot is written for the ERP, beside the analysts' files, in its own dialect; * stands for any part of a name. Default: none.
	Layouts []string `yaml:"layouts" jsonschema:"example=mappings/layouts/*.yaml"`

	// From where on the analysts' workbook finds something worth a look. Default: see there.
	Findings findingsConfig `yaml:"findings"`

	zone        *time.Location
	layoutFiles []string // what the layouts' patterns found
}

// reportFormats are all forms of a report.
var reportFormats = []string{"xlsx", "csv", "json"}

// loadConfig reads a config with every fault in it. Where the faults are more
// than warnings (see Faults.Err), the config must not be used.
func loadConfig(path string, env lookupFunc) (*config, mappings.Faults) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, mappings.Faults{unreadableFile(path, err)}
	}
	return parseConfig(path, data, env)
}

func unreadableFile(path string, err error) mappings.Fault {
	if errors.Is(err, fs.ErrNotExist) {
		return mappings.Fault{File: path, What: "there is no such file", Cure: "check the path, or name a config with -c FILE"}
	}
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	return mappings.Fault{File: path, What: fmt.Sprintf("the file cannot be read: %v", err)}
}

func parseConfig(path string, data []byte, env lookupFunc) (*config, mappings.Faults) {
	doc, faults := mappings.Read(path, data)
	if doc.Root == nil {
		return nil, faults
	}

	c := &config{Journal: "sqlite:state/rentalsync.db", file: path}
	faults = append(faults, doc.Decode(c)...)
	c.complete(&lookup{env: env, dir: filepath.Dir(path)})
	faults = append(faults, checkConfig(c, doc)...)
	faults.Sort()
	return c, faults
}

// unsaid marks a span of time whose default depends on others.
const unsaid time.Duration = math.MinInt64

// flowDefaults is a flow that says nothing. What depends on other values is
// filled in by complete.
func flowDefaults() flowConfig {
	return flowConfig{
		Drop:       dropConfig{Scan: 10 * time.Second},
		Ready:      readyConfig{Settle: 10 * time.Second, Looks: 1, Patience: unsaid, Incomplete: 30 * time.Minute},
		Archive:    "archive/{date:YYYY/MM}",
		Quarantine: "quarantine",
		References: "{key}",
		Absent:     absentConfig{Asset: "report", Item: "end", Nights: 1},
		Reoffer:    7 * 24 * time.Hour,
		Prepare:    prepareConfig{Customers: string(pipeline.ReportCustomers)},
		Keep:       keepConfig{History: 400 * 24 * time.Hour},
		IRIS: irisConfig{
			Rate:       ratesConfig{Rental: 5, Fleet: 50, Equipment: 500, Other: 5},
			Parallel:   2,
			FleetEvery: 15 * time.Minute,
		},
		Reports:  reportsConfig{Formats: reportFormats},
		Snapshot: snapshotConfig{Timezone: "UTC", zone: time.UTC, Findings: findingsDefaults()},
	}
}

// DecodeYAML reads a flow over its defaults, so that 0s is not taken for a
// value that was left out.
func (c *flowConfig) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	type plain flowConfig
	*c = flowDefaults()
	d.Decode(n, (*plain)(c))
}

// complete fills in what depends on other values, and makes paths relative to
// the config.
func (c *config) complete(from *lookup) {
	for i := range c.Flows {
		c.Flows[i].complete(from)
	}
}

func (c *flowConfig) complete(from *lookup) {
	if c.Ready.Patience == unsaid {
		c.Ready.Patience = 3*max(c.Ready.Settle, 0) + time.Duration(max(c.Ready.Looks-1, 0))*time.Second
	}
	c.Gates.First = cmp.Or(c.Gates.First, firstNight(c.IRIS.URL))
	c.completePlaces(from)
	c.mappingFiles = from.files(c.Mappings)
	c.Snapshot.layoutFiles, c.Reports.layoutFiles = from.files(c.Snapshot.Layouts), from.files(c.Reports.Layouts)
	c.IRIS.Wire = from.path(c.IRIS.Wire)
	c.Prepare.Areas = from.path(c.Prepare.Areas)
	c.IRIS.complete(from)
	c.Notify.complete(from)
}

func (i *irisConfig) complete(from *lookup) {
	i.URL = strings.TrimRight(i.URL, "/")
	i.Token.ClientID.from = from
	i.Token.Username.from = from
	i.Token.ClientSecret.bind(from)
	i.Token.Password.bind(from)
}

// firstNight is the default of gates.first: customers that are made in a real
// account cannot be unmade.
func firstNight(url string) string {
	if host, secure := hostOf(url); secure && !loopback(host) {
		return "hold"
	}
	return "send"
}

// account names the IRIS account: nothing in it is secret.
func (i *irisConfig) account() string {
	id, err := i.Token.ClientID.Value()
	if err != nil {
		id = i.Token.ClientID.String()
	}
	host, _ := hostOf(i.URL)
	return host + " " + id
}

// history is how long the journal keeps what nights have changed: as long as the
// flow that wants it longest.
func (c *config) history() time.Duration {
	longest := time.Duration(-1) // nothing, while no flow says more
	for i := range c.Flows {
		if kept := c.Flows[i].Keep.History; kept > 0 {
			longest = max(longest, kept)
		}
	}
	return longest
}

// journalFile is the file of the journal.
func (c *config) journalFile() string {
	path := strings.TrimPrefix(c.Journal, "sqlite:")
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.file), path)
}

// loadConfig reads the config that the command line names. Warnings are told on
// stderr; anything worse is the error, and exit code 2.
func (a *app) loadConfig() (*config, error) {
	c, faults := loadConfig(a.configFile, a.env)
	for _, w := range faults.Warnings() {
		fmt.Fprintln(a.stderr, w)
	}
	return c, faults.Err()
}

// valuesOf are the additions to IRIS's values that a mapping may use: those of
// the flows that name it, if the config is there and can be read.
func (a *app) valuesOf(mapping string) map[string][]string {
	c, _ := loadConfig(a.configFile, a.env)
	if c == nil {
		return nil
	}

	values := map[string][]string{}
	for i := range c.Flows {
		f := &c.Flows[i]
		if !slices.ContainsFunc(f.mappingFiles, func(file string) bool { return samePath(file, mapping) }) {
			continue
		}
		for field, more := range f.IRIS.Values {
			values[field] = append(values[field], more...)
		}
	}
	return values
}

func samePath(a, b string) bool {
	absA, errA := filepath.Abs(a)
	absB, errB := filepath.Abs(b)
	return errA == nil && errB == nil && absA == absB
}
