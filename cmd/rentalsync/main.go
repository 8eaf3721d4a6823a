// Command rentalsync brings what a rental ERP exports at night into Trackunit
// IRIS, and telematics back.
//
// Each command is one file with one constructor, listed in newRootCmd. What a
// command prints on stdout is its answer; everything else it says goes to
// stderr. Exit codes are told by exit.go, the config by config.go.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	_ "time/tzdata" // zones are named in configs, also on machines without a zone database

	"github.com/spf13/cobra"

	"rentalsync/pipeline"
)

func main() {
	if _, said := os.LookupEnv("GOMEMLIMIT"); !said {
		debug.SetMemoryLimit(memory)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
}

// memory is what the program tries to get along with: beyond it garbage is looked
// for more often. GOMEMLIMIT says otherwise.
const memory = 256 << 20

// lookupFunc finds a variable of the environment.
type lookupFunc func(name string) (value string, found bool)

// app is what every command has in hand.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            lookupFunc

	configFile string
	verbose    bool
	log        *slog.Logger // set before a command runs
	answered   bool         // once has given its answer; a call that is not understood never gets there
}

// run is the whole program: it answers with the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env lookupFunc) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	ctx, stop := untilSignal(context.Background(), stderr)
	defer stop()

	root := newRootCmd(a)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	err = verdict(ctx, err)
	if err != nil && cmd.Name() == "once" && slices.Contains(args, "--json") && !a.answered {
		err = errors.Join(err, writeAnswer(stdout, pipeline.Result{}, exitCode(err)))
	}
	tell(stderr, err)
	return exitCode(err)
}

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "rentalsync",
		Short: "Brings what a rental ERP exports into Trackunit IRIS, and telematics back",
		Long: `rentalsync picks up the files that a rental ERP drops, understands them by a
YAML mapping, sends what changed to Trackunit IRIS, and writes results and
telematics back as files.

Exit codes: 0 everything done; 1 failure; 2 usage, config or mapping fault;
3 done, but something in it needs a look; 130 interrupted.`,
		Example:       "  rentalsync check\n  rentalsync once -c /etc/rentalsync/rentalsync.yaml",
		Args:          cobra.ArbitraryArgs, // an unknown command lands here
		RunE:          withoutCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.PersistentFlags().StringVarP(&a.configFile, "config", "c", "rentalsync.yaml", "the config `FILE`")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "tell every step on stderr")

	root.AddCommand(
		newDemoCmd(a),
		newRunCmd(a),
		newOnceCmd(a),
		newPlanCmd(a),
		newCheckCmd(a),
		newRowsCmd(a),
		newEquipmentCmd(a),
		newSnapshotCmd(a),
		newPrepareCmd(a),
		newStatusCmd(a),
		newExplainCmd(a),
		newApproveCmd(a),
		newDiscardCmd(a),
		newRevertCmd(a),
		newRetryCmd(a),
		newRejectsCmd(a),
		newUnmatchedCmd(a),
		newSimulateCmd(a),
		newSchemaCmd(a),
		newVersionCmd(a),
	)
	root.PersistentPreRun = func(*cobra.Command, []string) { a.log = newLogger(a.stderr, a.verbose, a.env) }
	tellUsage(root)
	return root
}
