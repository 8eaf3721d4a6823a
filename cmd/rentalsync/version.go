package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersionCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version [--json]",
		Short:   "Says which build this is",
		Example: "  rentalsync version\n  rentalsync version --json",
		Args:    takes(),
		RunE: func(*cobra.Command, []string) error {
			about := aboutBuild()
			if asJSON {
				return writeJSON(a.stdout, about)
			}
			_, err := fmt.Fprintln(a.stdout, about)
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// buildInfo is what the Go toolchain stamped into the binary.
type buildInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes in it
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func aboutBuild() buildInfo {
	about := buildInfo{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return about
	}

	if info.Main.Version != "" {
		about.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			about.Commit = s.Value
		case "vcs.modified":
			about.Modified = s.Value == "true"
		}
	}
	return about
}

// String is the build in one line.
func (b buildInfo) String() string {
	text := "rentalsync " + b.Version
	if b.Commit != "" {
		text += ", commit " + b.Commit
	}
	if b.Modified {
		text += " with changes"
	}
	return text + ", " + b.Go + ", " + b.Platform
}
