package main

import (
	"fmt"
	"net"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"

	"rentalsync/connectors/drop"
	"rentalsync/mappings"
	"rentalsync/pipeline"
)

// dropConfig is a place where an ERP leaves files: a folder, or a directory of
// an SFTP server.
type dropConfig struct {
	// The folder that the ERP writes into. Default: none, and then sftp is required.
	Local string `yaml:"local"`

	// The SFTP server that the ERP writes to. Default: none, and then local is required.
	SFTP sftpConfig `yaml:"sftp"`

	// How often the place is looked at; folders of a network share tell nothing by themselves. Default: 10s.
	Scan time.Duration `yaml:"scan"`

	fetched string // where files lie that were copied from a server
}

// sftpConfig is a directory of an SFTP server. What the server shows of itself is
// always verified: by knownHosts, by hostKey, or by both.
type sftpConfig struct {
	// The server's name or address. Default: none; the server of the drop where reports go to one.
	Host string `yaml:"host" jsonschema:"example=erp.example"`

	// The server's port. Default: 22.
	Port int `yaml:"port"`

	// The user to log in as. Default: none, and a server needs one.
	User setting `yaml:"user"`

	// The private key, as ${file:PATH}. Default: none.
	Key secret `yaml:"key"`

	// What protects the private key, as ${env:NAME} or ${file:PATH}. Default: none.
	Passphrase secret `yaml:"passphrase"`

	// The password, as ${env:NAME} or ${file:PATH}. Default: none.
	Password secret `yaml:"password"`

	// Whether keys are asked of the SSH agent that SSH_AUTH_SOCK names. Default: false.
	Agent bool `yaml:"agent"`

	// Files of known host keys, as OpenSSH writes them. Default: none, and then hostKey is required.
	KnownHosts mappings.Texts `yaml:"knownHosts" jsonschema:"example=/etc/rentalsync/known_hosts"`

	// Fingerprints of the server's key, as SHA256:…; two while it is being renewed. Default: none, and then knownHosts is required.
	HostKey mappings.Texts `yaml:"hostKey" jsonschema:"example=SHA256:uNiVztksCsDhcc0u9e8BrYXzN+jUzr2oWiSYxWK4ysM"`

	// The directory on the server. Default: the one that logging in leads to.
	Dir string `yaml:"dir" jsonschema:"example=/out"`

	// The account may read only: files stay where they are, and are copied to archive and quarantine beside the config. Default: false.
	ReadOnly bool `yaml:"readOnly"`

	// How often a silent connection is tried. Default: 30s.
	KeepAlive time.Duration `yaml:"keepAlive"`

	said bool
}

// DecodeYAML reads a server over its defaults.
func (s *sftpConfig) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	type plain sftpConfig
	*s = sftpConfig{Port: 22, Dir: ".", KeepAlive: 30 * time.Second, said: true}
	d.Decode(n, (*plain)(s))
}

// given reports whether the config names a server, or a directory of the drop's.
func (s *sftpConfig) given() bool { return s.said }

// readyConfig says when a dropped file may be taken. All of it must hold.
type readyConfig struct {
	// How long a file must not have changed. Default: 10s.
	Settle time.Duration `yaml:"settle"`

	// How many looks must have seen it unchanged, at least. Default: 1, which with settle makes two.
	Looks int `yaml:"looks"`

	// How long the once command waits for a file that keeps changing. Default: three times settle, and a second for each look beyond the first.
	Patience time.Duration `yaml:"patience"`

	// How old a file must be, by the clock of the server it lies on. Default: 0s.
	MinAge time.Duration `yaml:"minAge"`

	// How long a file may lack its end before it goes to quarantine. Default: 30m.
	Incomplete time.Duration `yaml:"incomplete"`

	// The file that must lie beside each file: {name} is the file's name, {stem} the name without its ending, and *.done stands for both. Default: none.
	Marker string `yaml:"marker" jsonschema:"example={name}.ok,example=*.done"`

	// The file that lists what was written, with sizes, rows or digests. Default: none.
	Control controlConfig `yaml:"control"`

	// The files that make up a night, which are worked together. Default: files are worked as they come.
	Set setConfig `yaml:"set"`
}

// controlConfig is a file that lists other files. Each line names one; a line may
// also be as sha256sum writes it.
type controlConfig struct {
	// The name of the control file; * stands for any part, {date:YYYYMMDD} for a date. Default: none.
	Match string `yaml:"match" jsonschema:"example=CONTROL_{date:YYYYMMDD}.csv"`

	// What stands between two cells: a character, or the words tab and pipe. Default: ";".
	Delimiter string `yaml:"delimiter"`

	// The columns of the control file, by their names in its first line, or by their numbers where it has no such line. Default: none, and then each line is as sha256sum writes it.
	Columns controlColumns `yaml:"columns"`
}

// controlColumns are the columns of a control file.
type controlColumns struct {
	// The column with the file's name. Default: none.
	Name string `yaml:"name" jsonschema:"example=FILE"`

	// The column with the file's size in bytes. Default: none.
	Size string `yaml:"size" jsonschema:"example=BYTES"`

	// The column with the number of rows. Default: none.
	Rows string `yaml:"rows" jsonschema:"example=RECORDS"`

	// The column with the digest of the content: MD5, SHA-1 or SHA-256, by its length. Default: none.
	Digest string `yaml:"digest" jsonschema:"example=SHA256"`
}

// control is how the drop reads control files; nil where there are none. Columns
// that have names stand below a line that names them.
func (c *controlConfig) control() *drop.Control {
	if c.Match == "" {
		return nil
	}
	made := &drop.Control{
		Match: c.Match, Delimiter: c.Delimiter,
		Name: c.Columns.Name, Size: c.Columns.Size, Rows: c.Columns.Rows, Digest: c.Columns.Digest,
	}
	for _, column := range []string{made.Name, made.Size, made.Rows, made.Digest} {
		if _, err := strconv.Atoi(column); column != "" && err != nil {
			made.Header = 1
		}
	}
	return made
}

// setConfig is the files that make up a night.
type setConfig struct {
	// The mappings of each of which a file must be there. Default: none.
	Needs []string `yaml:"needs"`

	// How long after the first file the others are waited for. Default: 2h.
	Within time.Duration `yaml:"within"`

	// What becomes of a night that is not whole by then. hold: it waits until rentalsync approve, or until the missing file comes; process: it is worked, and the report says what was missing. Default: hold.
	Incomplete string `yaml:"incomplete" jsonschema:"enum=hold,enum=process"`
}

// DecodeYAML reads a set over its defaults.
func (s *setConfig) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	type plain setConfig
	*s = setConfig{Within: 2 * time.Hour, Incomplete: "hold"}
	d.Decode(n, (*plain)(s))
}

// set is the files that a night is kept back for.
func (s *setConfig) set() pipeline.Set {
	return pipeline.Set{Needs: s.Needs, Within: s.Within, Hold: s.Incomplete == "hold"}
}

// acknowledgeConfig names the files that show the ERP what became of its files.
type acknowledgeConfig struct {
	// The file beside one that was worked: {name} is its name, {stem} its name without its ending. Default: none.
	Done string `yaml:"done" jsonschema:"example={name}.ack"`

	// The file beside one that went to quarantine. Default: none.
	Failed string `yaml:"failed" jsonschema:"example={name}.err"`
}

// keepConfig says how long things are kept.
type keepConfig struct {
	// Files in the archive. Default: for good.
	Archive time.Duration `yaml:"archive" jsonschema:"example=400d"`

	// Files in the quarantine, with the notes that say why. Default: for good.
	Quarantine time.Duration `yaml:"quarantine" jsonschema:"example=90d"`

	// What the register held before each night, so that nights can be taken back. Default: 400d.
	History time.Duration `yaml:"history"`
}

// outboxConfig is a place that takes written files.
type outboxConfig struct {
	// A folder. Default: see above.
	Local string `yaml:"local"`

	// A directory of an SFTP server; where no host is named, of the drop's. Default: none.
	SFTP sftpConfig `yaml:"sftp"`
}

// said reports whether a place is named.
func (o *outboxConfig) said() bool { return o.Local != "" || o.SFTP.given() }

// completePlaces fills in where files go that the config leaves open, and makes
// paths of this machine relative to the config.
func (c *flowConfig) completePlaces(from *lookup) {
	c.Drop.Local = from.path(c.Drop.Local)
	c.Drop.SFTP.complete(from)
	c.Drop.fetched = from.path(filepath.Join("fetched", c.Flow))
	if !c.onServer() {
		c.Archive, c.Quarantine = from.path(c.Archive), from.path(c.Quarantine)
	}
	c.Archive, c.Quarantine = filepath.ToSlash(c.Archive), filepath.ToSlash(c.Quarantine) // they are templates

	if !c.Reports.To.said() {
		c.Reports.To.Local = "outbox"
	}
	c.Reports.To.complete(from, &c.Drop.SFTP)
	if !c.Snapshot.To.said() {
		c.Snapshot.To = c.Reports.To
		return
	}
	c.Snapshot.To.complete(from, &c.Drop.SFTP)
}

// onServer reports whether files end on the server that they were dropped on.
func (c *flowConfig) onServer() bool { return c.Drop.SFTP.given() && !c.Drop.SFTP.ReadOnly }

// complete makes a place one that can be opened: where only a directory is named
// it is on the server of the drop.
func (o *outboxConfig) complete(from *lookup, drop *sftpConfig) {
	o.Local = from.path(o.Local)
	if o.SFTP.given() && o.SFTP.Host == "" && drop.given() {
		dir := o.SFTP.Dir
		o.SFTP = *drop
		o.SFTP.Dir = dir
		return
	}
	o.SFTP.complete(from)
}

func (s *sftpConfig) complete(from *lookup) {
	s.User.from = from
	for _, hidden := range []*secret{&s.Key, &s.Passphrase, &s.Password} {
		hidden.bind(from)
	}
	for i := range s.KnownHosts {
		s.KnownHosts[i].Value = from.path(s.KnownHosts[i].Value)
	}
}

// place names the folder for people: nothing in it is secret. On one server every
// user may see other files under the same name.
func (d *dropConfig) place() string {
	if !d.SFTP.given() {
		return d.Local
	}
	server := net.JoinHostPort(d.SFTP.Host, strconv.Itoa(d.SFTP.Port))
	return fmt.Sprintf("sftp://%s@%s", d.SFTP.User, path.Join(server, d.SFTP.Dir))
}

// kind is the key that the place is named under.
func (d *dropConfig) kind() string {
	if d.SFTP.given() {
		return "sftp"
	}
	return "local"
}

// values are the texts of a list.
func values(texts mappings.Texts) []string {
	var all []string
	for _, t := range texts {
		all = append(all, t.Value)
	}
	return all
}
