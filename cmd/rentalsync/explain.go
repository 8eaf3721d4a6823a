package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/iris"
	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// explainOptions are what the command line says beside the key.
type explainOptions struct {
	flow    string
	request bool
	asJSON  bool
}

func newExplainCmd(a *app) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [asset|item|contract|customer|depot] KEY",
		Short: "Tell why IRIS is told of something what it is told, field by field",
		Long: `explain tells what the register holds of an asset, an item, a contract, a customer
or a depot, and why: the file, line and cell of every field, the rule that said
it, what IRIS is sent and what it answered. It only reads, also beside a live
rentalsync run. KEY is the ERP's key, or what IRIS knows the thing by. Without a
kind it is an asset; where no asset has the key, all others that have it are told.

With --json the answer is {"explained":[…]}, one object for each thing:
  flow, entity, key, businessDate    what is explained, as of which date
  externalReference, says            what IRIS knows it by; the story in sentences
  fields     field, value, sent, sentAs, delivery, businessDate, sheet, line,
             column, cells, rule, mapping, mappingVersion, at
  rentals    key, externalReference, state (open, ahead, ended, vanished), asset,
             contract, customer, inDocument, dates (as fields), says
  contracts  key, externalReference, customer, status, derived, open, ahead,
             ended, says
  customers, assets                  who was merged into it; which assets show it
  namedBy    mapping, scope, scopeBefore, since, newest, missedSince, nights, says
  document   state (accepted, due, held, deferred, waiting, rejected, different,
             never sent), says, clears, leftOut, request
  answers    account, profile, outcome, status, code, message, at,
             externalReference, identifier, accepted
  runs       businessDate, run, outcome, status, code, why, carriedFrom, at
  remarks    what (parked, warning, rejected), businessDate, run, delivery, origin,
             field, code, yaml, says
  files      name, businessDate, mapping, mappingVersion, run, at, place, unread`,
		Example: "  rentalsync explain 004711\n  rentalsync explain item MV-1/10\n  rentalsync explain customer K-1 --flow hamburg --json",
		Args:    explainArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			return a.explain(cmd.Context(), c, args, o)
		},
	}
	cmd.Flags().StringVar(&o.flow, "flow", "", "the `NAME` of the flow, where several know the key")
	cmd.Flags().BoolVar(&o.request, "request", false, "show the request as it would go")
	jsonFlag(cmd, &o.asJSON)
	return cmd
}

func explainArgs(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("KEY is missing")
	case len(args) > 2:
		return fmt.Errorf("what is %q for? write explain KIND KEY, and quote a key with blanks", args[2])
	case len(args) == 2:
		if _, err := rental.ParseKind(args[0]); err != nil {
			return usageFault(suggest(args[0], kindWords()), "explain: %q is no kind", args[0])
		}
	}
	return nil
}

func kindWords() []string {
	var words []string
	for _, k := range slices.Backward(rental.Kinds()) {
		words = append(words, k.String())
	}
	return words
}

// explain answers by what the journal knows now.
func (a *app) explain(ctx context.Context, c *config, args []string, o explainOptions) (err error) {
	j, err := journal.OpenReadOnly(ctx, journal.Options{Path: c.journalFile(), Log: a.log})
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: exitFailed, err: fmt.Errorf("explain %q: nothing was worked yet", args[len(args)-1]), hint: "start with rentalsync once, or rentalsync plan"}
	}
	if err != nil {
		return err
	}
	h := &house{file: c.file, journal: j, closers: []io.Closer{j}}
	defer func() { err = errors.Join(err, h.Close()) }()

	q := question{app: a, house: h, config: c, options: o, key: args[len(args)-1]}
	if len(args) == 2 {
		q.kind, _ = rental.ParseKind(args[0])
	}
	told, err := q.answer(ctx)
	if err != nil {
		return err
	}
	if o.asJSON {
		return writeJSON(a.stdout, map[string]any{"explained": told})
	}
	for i := range told {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		tellExplanation(a.stdout, &told[i], o.request)
	}
	return nil
}

// question is what is asked of explain.
type question struct {
	*app
	house   *house
	config  *config
	options explainOptions
	kind    rental.Kind // 0 where none is said
	key     string
}

// answer finds the flow that knows the key, and explains everything there that
// the question means.
func (q *question) answer(ctx context.Context) ([]pipeline.Explanation, error) {
	flows, err := q.flows()
	if err != nil {
		return nil, err
	}
	var knowing []*flowConfig
	var meant []rental.Ref
	for _, c := range flows {
		refs, err := q.meant(ctx, c)
		if err != nil {
			return nil, err
		}
		if len(refs) > 0 {
			knowing, meant = append(knowing, c), refs
		}
	}

	switch {
	case len(knowing) == 0:
		return nil, q.unknown(ctx, flows)
	case len(knowing) > 1:
		names := make([]string, len(knowing))
		for i, c := range knowing {
			names[i] = c.Flow
		}
		return nil, usageFault("say which one: --flow "+names[0], "several flows know %q: %s", q.key, strings.Join(names, ", "))
	}
	x, err := q.explainer(knowing[0])
	if err != nil {
		return nil, err
	}
	var told []pipeline.Explanation
	for _, ref := range meant {
		one, err := x.Explain(ctx, ref)
		if err != nil {
			return nil, err
		}
		told = append(told, one)
	}
	return told, nil
}

// flows are those that the question is put to.
func (q *question) flows() ([]*flowConfig, error) {
	var all []*flowConfig
	var names []string
	for i := range q.config.Flows {
		c := &q.config.Flows[i]
		names = append(names, c.Flow)
		if q.options.flow == "" || q.options.flow == c.Flow {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return nil, usageFault(suggest(q.options.flow, names), "%s has no flow %q", q.config.file, q.options.flow)
	}
	return all, nil
}

// meant lists what a flow knows under the key, or under what IRIS calls it.
func (q *question) meant(ctx context.Context, c *flowConfig) ([]rental.Ref, error) {
	for _, key := range q.spellings(c.assembly()) {
		known, err := q.house.journal.Namesakes(ctx, c.Flow, key)
		if err != nil {
			return nil, err
		}
		if refs := q.choose(known, key); len(refs) > 0 {
			return refs, nil
		}
	}
	return nil, nil
}

// spellings are the keys that the question may mean: the ERP's own, that of an
// external reference, and that of an item whose key was used again.
func (q *question) spellings(a rental.Assembly) []string {
	keys := []string{q.key}
	if key, ok := a.Key(q.key); ok && key != q.key {
		keys = append(keys, key)
	}
	for _, key := range slices.Clone(keys) {
		if base, _, former := rental.FormerKey(key); former {
			keys = append(keys, base)
		}
	}
	return keys
}

// choose takes the asset, else everything that a delivery has told of, else
// everything that others refer to.
func (q *question) choose(known []pipeline.Namesake, key string) []rental.Ref {
	var named, referred []rental.Ref
	for _, n := range known {
		ref := rental.Ref{Kind: n.Kind, Key: key}
		switch {
		case q.kind != 0 && q.kind != n.Kind:
		case n.Named && n.Kind == rental.Asset:
			return []rental.Ref{ref}
		case n.Named:
			named = append(named, ref)
		default:
			referred = append(referred, ref)
		}
	}
	if len(named) > 0 {
		return named
	}
	return referred
}

// unknown is the verdict on a key that nobody knows, with those that are near.
func (q *question) unknown(ctx context.Context, flows []*flowConfig) error {
	what := "key"
	if q.kind != 0 {
		what = q.kind.String()
	}
	var near []string
	for _, c := range flows {
		var keys []string
		for ref, err := range q.house.journal.Keys(ctx, c.Flow) {
			if err != nil {
				return err
			}
			if q.kind == 0 || q.kind == ref.Kind {
				keys = append(keys, ref.Key)
			}
		}
		near = append(near, nearKeys(q.key, keys)...)
	}

	unknown := &exitError{code: exitFailed, err: fmt.Errorf("explain %q: no flow knows such a %s", q.key, what), hint: "keys are written as the ERP writes them"}
	if slices.Sort(near); len(near) > 0 {
		unknown.hint = fmt.Sprintf("did you mean %s?", strings.Join(slices.Compact(near), ", "))
	}
	return unknown
}

// nearShown is how many keys are offered in place of one that nobody knows.
const nearShown = 3

// nearKeys are the keys that were probably meant: those that differ by zeros in
// front or by a slip, and those that contain the text.
func nearKeys(key string, among []string) []string {
	var near []string
	add := func(candidate string) {
		if len(near) < nearShown && !slices.Contains(near, candidate) {
			near = append(near, candidate)
		}
	}
	for _, candidate := range among {
		if strings.EqualFold(strings.TrimLeft(candidate, "0"), strings.TrimLeft(key, "0")) {
			add(candidate)
		}
	}
	if slip, found := transforms.Nearest(key, among); found {
		add(slip)
	}
	for _, candidate := range among {
		if len(key) > 2 && strings.Contains(strings.ToLower(candidate), strings.ToLower(key)) {
			add(candidate)
		}
	}
	return near
}

// explainer has in hand what a flow's documents are made with.
func (q *question) explainer(c *flowConfig) (*pipeline.Explainer, error) {
	compiled, err := q.compile(c)
	if err != nil {
		return nil, err
	}
	client, wire, err := q.connect(q.house, c)
	if err != nil {
		return nil, err
	}
	sink := iris.NewLoader(client, wire)
	register, err := unmatchedRegister(q.house.journal, c)
	if err != nil {
		return nil, err
	}
	return &pipeline.Explainer{
		UnmatchedFunc: register.One,
		Flow:          c.Flow, Journal: q.house.journal, Account: sink.Account(), Profile: sink.Profile(), EncodeFunc: sink.Encode,
		Assembly: c.assembly(), Mappings: compiled, Reader: tabular.New(), OpenFunc: q.opener(c),
		Absent:  pipeline.AbsentPolicy{Asset: c.Absent.Asset, Item: c.Absent.Item, Nights: c.Absent.Nights},
		Reoffer: c.Reoffer,
	}, nil
}

// opener reads files of a drop where they lie. The drop is opened with the first
// one: where there is one, its folders are there too.
func (q *question) opener(c *flowConfig) func(context.Context, string) (io.ReadCloser, error) {
	var watcher *drop.Watcher
	return func(ctx context.Context, place string) (io.ReadCloser, error) {
		if watcher == nil {
			medium, err := q.medium(q.house, c)
			if err != nil {
				return nil, err
			}
			if watcher, err = drop.New(medium, c.dropOptions(q.app)); err != nil {
				return nil, err
			}
		}
		return watcher.Open(ctx, place)
	}
}
