package mappings

// partBlock is one table of a file that holds several: a sheet, or the records of
// one type.
type partBlock struct {
	At Place `yaml:"-"`

	// The sheet of a workbook: its name, a pattern with * and ?, its number, or all for every one. This or record is required.
	Sheet Text `yaml:"sheet" jsonschema:"example=Assets"`

	// The records that belong here, by a word at a place: {at: 1-3, is: EQP}. This or sheet is required.
	Record recordBlock `yaml:"record"`

	// Of a sheet the lines of its header, as in file. Of a record that heads the file what it tells: {businessDate: {at: 21-28, date: YYYYMMDD}}; such a record is no row. Default: the file's.
	Header partHeader `yaml:"header"`

	// What the record that ends the file says of the rows before it, which must be so: {count: 13-22, sum: {of: number, at: 24-34}}. A file without it was cut off. Such a record is no row. Default: none.
	Totals totalsBlock `yaml:"totals"`

	// The last line of the sheet, which must be there; {count} is the number of its rows. Default: the file's.
	End Text `yaml:"end"`

	// What limits what absence says, in this part. Default: the file's.
	Scope Text `yaml:"scope"`

	// The columns of this part, beside those that all parts share. Default: none.
	Columns Named[column] `yaml:"columns"`

	// The rows of this part that are left out, by a named rule each, beside those of all parts. Default: none.
	Skip Named[Text] `yaml:"skip"`

	rowBlock `yaml:",inline"`
}

// recordBlock tells the records of one type.
type recordBlock struct {
	At Place `yaml:"-"`

	// Where the word stands: its first and last character, counted from 1; in separated text the number of its cell. Required.
	Where Text `yaml:"at,required" jsonschema:"example=1-3"`

	// The word, or a list of words. Required.
	Is Texts `yaml:"is,required" jsonschema:"example=EQP"`
}

// toldBlock is what a record tells that heads the file.
type toldBlock struct {
	At Place `yaml:"-"`

	// Where it says which day the file is of. Default: it does not.
	BusinessDate placeBlock `yaml:"businessDate"`

	// Where it has the number that orders the files. Default: it does not.
	Sequence placeBlock `yaml:"sequence"`
}

// placeBlock is a place in a record that heads the file.
type placeBlock struct {
	At Place `yaml:"-"`

	// Its first and last character, counted from 1; in separated text the number of its cell. Required.
	Where Text `yaml:"at,required" jsonschema:"example=21-28"`

	// How the date is written, as YYYYMMDD. Default: as file says under dates.
	Date dateForm `yaml:"date"`
}

// contentBlock is where a file's content says something about the file.
type contentBlock struct {
	At Place `yaml:"-"`

	// A cell above the header, as a spreadsheet names it: B2; where the mapping has several sheets, README!B2 for another than the first. This or column is required.
	Cell Text `yaml:"cell" jsonschema:"example=B2"`

	// The column in which every row says the same. This or cell is required.
	Column Text `yaml:"column"`

	// How the date is written, as DD.MM.YYYY. Default: as file says under dates.
	Date dateForm `yaml:"date"`
}

// totalsBlock is what a record says of the rows before it.
type totalsBlock struct {
	At Place `yaml:"-"`

	// Where the number of rows stands: 13-22, or {at: 13-22, plus: 1} where header and trailer are counted, too. Default: it does not say one.
	Count countPlace `yaml:"count"`

	// Where the sum over a column stands. Default: it does not say one.
	Sum sumBlock `yaml:"sum"`
}

// countBlock is where the number of rows stands, which counts other records, too.
type countBlock struct {
	// Its first and last character, counted from 1; in separated text the number of its cell. Required.
	Where Text `yaml:"at,required" jsonschema:"example=13-22"`

	// How many more it counts than there are rows. Default: 0.
	Plus int `yaml:"plus"`
}

// sumBlock is where the sum over a column stands.
type sumBlock struct {
	At Place `yaml:"-"`

	// The column whose digits are summed up, over all rows that have it. Required.
	Of Text `yaml:"of,required" jsonschema:"example=number"`

	// Its first and last character, counted from 1; in separated text the number of its cell. Required.
	Where Text `yaml:"at,required" jsonschema:"example=24-34"`
}

// lengthBlock is the length that every record must have.
type lengthBlock struct {
	// The characters of a record. Default: up to the end of the last column.
	Of int `yaml:"of"`

	// Whether a record of another length is an error. Default: false, and shorter ones are filled up with blanks.
	Strict bool `yaml:"strict"`
}
