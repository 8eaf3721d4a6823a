//go:build !race

package journal_test

// drawn is how many businesses a model test lives through.
const drawn = "100"
