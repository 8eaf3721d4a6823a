//go:build race

package journal_test

// drawn is how many businesses a model test lives through: looking for races makes
// the database more than ten times slower.
const drawn = "20"
