package tabular

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// choicesSheet is the hidden sheet whose columns are the lists that cells offer: a
// list that stands in the cell itself may be 255 characters long.
const choicesSheet = "Choices"

// choiceLists are the lists of a workbook, each written once.
type choiceLists struct {
	file *excelize.File
	at   map[string]string // where each lies, by what it holds
}

// of finds or writes a list, and tells where it lies.
func (l *choiceLists) of(choices []string) (string, error) {
	key := strings.Join(choices, "\x00")
	if at, written := l.at[key]; written {
		return at, nil
	}
	if len(l.at) == 0 {
		if _, err := l.file.NewSheet(choicesSheet); err != nil {
			return "", err
		}
	}
	column, err := excelize.ColumnNumberToName(len(l.at) + 1)
	if err != nil {
		return "", err
	}
	for i, choice := range choices {
		if err := l.file.SetCellStr(choicesSheet, fmt.Sprintf("%s%d", column, i+1), fitted(legible(choice))); err != nil {
			return "", err
		}
	}
	l.at[key] = fmt.Sprintf("%s!$%s$1:$%[2]s$%d", choicesSheet, column, len(choices))
	return l.at[key], nil
}

// hide takes the lists out of sight.
func (l *choiceLists) hide() error {
	if len(l.at) == 0 {
		return nil
	}
	return l.file.SetSheetVisible(choicesSheet, false)
}
