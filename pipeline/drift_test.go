package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAHeaderThatChangedIsTold(t *testing.T) {
	t.Parallel()
	before := []string{"Nr", "Serial", "Status"}
	tests := []struct {
		name    string
		now     []string
		missing []Fault
		want    []string
	}{
		{name: "the same", now: before},
		{name: "spelled otherwise", now: []string{"NR", "serial ", "Status"}},
		{
			name: "a new column", now: []string{"Nr", "Serial", "Depot", "Status"},
			want: []string{`the file has a column "Depot" that the one before it had not; name it in the mapping where it is wanted`},
		},
		{
			name: "a renamed one", now: []string{"Nr", "Serial", "Statuses"},
			want: []string{
				`the file has no column "Status" any more, which the one before it had; is it "Statuses" now?`,
				`the file has a column "Statuses" that the one before it had not; name it in the mapping where it is wanted`,
			},
		},
		{
			name: "one that the mapping misses is told by it", now: []string{"Nr", "Serial"},
			missing: []Fault{{Column: "status"}},
		},
		{
			name: "another order", now: []string{"Status", "Nr", "Serial"},
			want: []string{"the columns stand in another order than in the file before; nothing has to be done: columns are found by their names"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range drifted(before, tt.now, tt.missing) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
