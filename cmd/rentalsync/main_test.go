package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts call rentalsync as its users do: as a program of its
// own, with its exit code.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rentalsync": main})
}

// TestScripts runs every story under testdata/script.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		Cmds:          scriptCommands(),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// TestEveryCommandShowsAnExample holds what --help promises.
func TestEveryCommandShowsAnExample(t *testing.T) {
	t.Parallel()

	for _, cmd := range newRootCmd(&app{}).Commands() {
		if cmd.Example == "" || cmd.Short == "" {
			t.Errorf("%s: --help shows no example or does not say what it is for", cmd.Name())
		}
	}
}
