package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// room says what a package of ours may import of the others.
type room struct {
	path string   // of the package, and of all below it
	may  []string // our packages it may import, beside its own
}

// Imports point inward. The first room that fits a package holds for it.
var rooms = []room{
	{"rentalsync/transforms", nil},
	{"rentalsync/pipeline/rental", []string{"transforms"}},
	{"rentalsync/pipeline/report", []string{"pipeline", "pipeline/rental", "transforms"}},
	{"rentalsync/pipeline/journal", []string{"pipeline", "pipeline/rental", "transforms"}},
	{"rentalsync/pipeline", []string{"pipeline/rental", "transforms"}},
	{"rentalsync/mappings", []string{"pipeline", "pipeline/rental", "pipeline/report", "transforms"}},
	{"rentalsync/connectors/drop", []string{"pipeline", "pipeline/rental"}},
	{"rentalsync/connectors/local", []string{"pipeline", "pipeline/rental", "connectors/drop"}},
	{"rentalsync/connectors/sftp", []string{"pipeline", "pipeline/rental", "connectors/drop"}},
	{"rentalsync/connectors/tabular", []string{"pipeline", "pipeline/rental", "pipeline/report", "transforms"}},
	{"rentalsync/connectors/iris", []string{"pipeline", "pipeline/rental", "transforms"}},
	{"rentalsync/connectors/notify", []string{"pipeline"}},
	{"rentalsync/samples", nil},
}

// guests may be imported by one room only.
var guests = map[string]string{
	"github.com/xuri/excelize":       "rentalsync/connectors/tabular",
	"github.com/gocarina/gocsv":      "rentalsync/connectors/tabular",
	"github.com/riverqueue/river":    "rentalsync/pipeline/journal",
	"modernc.org/sqlite":             "rentalsync/pipeline/journal",
	"github.com/fsnotify/fsnotify":   "rentalsync/connectors/local",
	"github.com/pkg/sftp":            "rentalsync/connectors/sftp",
	"golang.org/x/crypto/ssh":        "rentalsync/connectors/sftp",
	"golang.org/x/oauth2":            "rentalsync/connectors/iris",
	"github.com/spf13/cobra":         "rentalsync/cmd",
	"github.com/expr-lang/expr":      "rentalsync/transforms",
	"github.com/failsafe-go":         "rentalsync/connectors/iris",
	"github.com/invopop/jsonschema":  "rentalsync/mappings",
	"github.com/wneessen/go-mail":    "rentalsync/connectors/notify",
	"github.com/netresearch/go-cron": "rentalsync/cmd",
	"github.com/paulmach/orb":        "rentalsync/pipeline",
}

func TestImportsPointInward(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "rentalsync/") && !allowed(p.ImportPath, imported) {
				t.Errorf("%s imports %s; imports point inward", p.ImportPath, imported)
			}
			for guest, home := range guests {
				if strings.HasPrefix(imported, guest) && !strings.HasPrefix(p.ImportPath, home) {
					t.Errorf("%s imports %s, which only %s may", p.ImportPath, imported, home)
				}
			}
		}
	}
}

func allowed(from, imported string) bool {
	if strings.HasPrefix(from, "rentalsync/cmd/") {
		return true
	}
	i := slices.IndexFunc(rooms, func(r room) bool { return from == r.path || strings.HasPrefix(from, r.path+"/") })
	if i < 0 {
		return false
	}
	return strings.HasPrefix(imported, rooms[i].path) || slices.Contains(rooms[i].may, strings.TrimPrefix(imported, "rentalsync/"))
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "rentalsync/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
