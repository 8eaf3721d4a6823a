package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rentalsync/transforms"
)

// tellUsage makes every fault of the command line end with exit code 2 and a
// hint: flags that nobody knows, arguments that are missing or too many.
func tellUsage(root *cobra.Command) {
	root.SetFlagErrorFunc(flagFault)
	for _, cmd := range root.Commands() {
		cmd.DisableFlagsInUseLine = true
		if check := cmd.Args; check != nil {
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 && cmd.Use == cmd.Name() {
					return usageFault(seeHelp(cmd), "%s takes no argument, so what is %q for?", cmd.Name(), args[0])
				}
				return argsFault(cmd, check(cmd, args))
			}
		}
	}
}

// withoutCommand answers a call that names no command, or one nobody knows.
func withoutCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		_ = cmd.Help()
		return &exitError{code: exitFault}
	}

	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usageFault(suggest(args[0], names), "unknown command %q", args[0])
}

func flagFault(cmd *cobra.Command, err error) error {
	hint := seeHelp(cmd)
	var unknown interface{ GetSpecifiedName() string }
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		if near, found := transforms.Nearest(name, flagNames(cmd)); found && near != name {
			hint = fmt.Sprintf("did you mean --%s?", near)
		}
	}
	return usageFault(hint, "%w", err)
}

var flagInUsage = regexp.MustCompile(`(?m)^\s+(?:-\w, )?\s*--([\w-]+)`)

func flagNames(cmd *cobra.Command) []string {
	var names []string
	for _, found := range flagInUsage.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		names = append(names, found[1])
	}
	return names
}

func argsFault(cmd *cobra.Command, err error) error {
	var told *exitError
	if err == nil || errors.As(err, &told) {
		return err
	}
	return usageFault(seeHelp(cmd), "%w", err)
}

func seeHelp(cmd *cobra.Command) string {
	return fmt.Sprintf("see %s --help", cmd.CommandPath())
}

// takes is the argument check of a command that takes exactly the named ones.
func takes(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("%s is missing", strings.Join(names[len(args):], " and "))
		case len(args) > len(names):
			return fmt.Errorf("what is %q for? there is no place for it", args[len(names)])
		}
		return nil
	}
}

// oneOf is a fault where a flag's value is none of those it can have.
func oneOf(flag, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return usageFault(suggest(value, known), "--%s %q is unknown", flag, value)
}

// suggest is the hint for a word that nobody knows: the one that was probably
// meant, or all there are.
func suggest(word string, known []string) string {
	near, found := transforms.Nearest(word, known)
	for _, candidate := range known {
		if !found && len(word) > 1 && strings.HasPrefix(candidate, word) {
			near, found = candidate, true
		}
	}
	if found {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known: " + strings.Join(known, ", ")
}
