package mappings

// layoutLanguage is a whole layout: what a file that we write tells, and how it
// looks. The comments of its fields are the descriptions that editors show.
type layoutLanguage struct {
	At Place `yaml:"-"`

	// The name by which flows, names of files and messages call the layout. Required.
	Layout Text `yaml:"layout,required" jsonschema:"example=meter-readings"`

	// What the file is for, for people. Default: nothing.
	Describes string `yaml:"describes"`

	// What the file tells. snapshot: a line for each machine of the fleet; results: for each asset and contract line that was sent, what became of it; rejects: for each fault of each rejected row; unmatched: for each asset that IRIS does not know; exceptions: for whatever else a person should know of. Required.
	Of Text `yaml:"of,required" jsonschema:"enum=snapshot,enum=results,enum=rejects,enum=unmatched,enum=exceptions"`

	// How the file is named, and how its characters look. Required.
	File layoutFileBlock `yaml:"file,required"`

	// Of snapshots. all: every machine; moved: only those of which a reading that the columns name is newer or different than in the file before; the first file has all. Default: all.
	Only Text `yaml:"only" jsonschema:"enum=all,enum=moved"`

	// A line before all others, with {date:YYYYMMDD}, {seq}, {run}, {flow}, {layout} or {name}. Default: none.
	Begin Text `yaml:"begin" jsonschema:"example=HDR{date:YYYYMMDD}"`

	// The columns, in their order. Required.
	Columns []layoutColumnBlock `yaml:"columns,required"`

	// A line behind all others: beside the words of begin it has {count}, the number of lines, {count+2} where other lines count, too, {count:00000} in so many digits, and {sum:HEADER}, the sum of a column as it is written, with its own form as {sum:HEADER:0,00}. In a workbook it stands on the line of the totals. Default: none.
	End Text `yaml:"end" jsonschema:"example=*** END {count}"`
}

// layoutFileBlock says how a written file looks.
type layoutFileBlock struct {
	At Place `yaml:"-"`

	// The file's name, with {date:YYYYMMDD}, the day of the snapshot or the business date of the run; {date:YYYYMMDDHHmm} with the time of a snapshot; {seq}, or {seq:00000}, a number that counts the layout's files; {run}, the id of the run or of the snapshot; {flow}; {layout}. Writing again about the same run or snapshot is the same file. Required.
	Name Text `yaml:"name,required" jsonschema:"example=METERS_{date:YYYYMMDDHHmm}.csv"`

	// The name of an empty file that is written after it, when it lies there whole: "{name}.ok", or "{stem}.ok" without the file's own ending. Default: none.
	Done Text `yaml:"done" jsonschema:"example={name}.ok"`

	// csv is text with something between its cells, xlsx a workbook, fixed records whose columns have positions. Default: csv.
	Format Text `yaml:"format" jsonschema:"enum=csv,enum=xlsx,enum=fixed"`

	// The character set, such as windows-1252, utf-8, cp850 or cp037. Default: utf-8.
	Encoding Text `yaml:"encoding" jsonschema:"example=windows-1252"`

	// Whether a byte order mark goes before UTF-8 or UTF-16, by which Excel knows it. Default: false.
	BOM bool `yaml:"bom"`

	// What happens to a character that the encoding does not have. reject: its line is left out, counted and told; replace: a question mark stands for it. Default: reject.
	Unencodable Text `yaml:"unencodable" jsonschema:"enum=reject,enum=replace"`

	// What stands between two cells: one or several characters, or the words tab and pipe. Default: ",".
	Delimiter Text `yaml:"delimiter" jsonschema:"example=;"`

	// Which cells stand in double quotes. needed: those that would be misread without; all; none: a line with a cell that would be misread is left out, counted and told. Default: needed.
	Quote Text `yaml:"quote" jsonschema:"enum=needed,enum=all,enum=none"`

	// Whether the first line has the columns' headers: true or none. Default: true, and none in records.
	Header Text `yaml:"header" jsonschema:"enum=true,enum=none"`

	// The name of a workbook's sheet. Default: the layout's name.
	Sheet Text `yaml:"sheet"`

	// What ends a line or a record: crlf, lf, or none for records one behind the other. Default: crlf.
	Lines Text `yaml:"lines" jsonschema:"enum=crlf,enum=lf,enum=none"`

	// How many characters a record has; what no column takes is blank. Default: as many as the columns take.
	Length *int `yaml:"length"`

	// What stands before the fraction of numbers that have no form of their own. Default: ".".
	Decimal Text `yaml:"decimal" jsonschema:"enum=.,enum=\\,"`

	// How instants are written that have no form of their own, of DD D MM M YYYY YY DDD CYY HH hh mm ss AM. Default: 2026-11-21T07:30:00+01:00.
	Dates Text `yaml:"dates" jsonschema:"example=DD.MM.YYYY,example=YYYYMMDDHHmmss"`

	// The zone of the file's days and times. Default: snapshot.timezone of the flow.
	Timezone Text `yaml:"timezone" jsonschema:"example=Europe/Berlin"`
}

// layoutColumnBlock is one column of a written file. What has no value is blank,
// never 0.
type layoutColumnBlock struct {
	At Place `yaml:"-"`

	// What the column is called. Default: what it is from.
	Header Text `yaml:"header" jsonschema:"example=Hours"`

	// What the column shows. This or value is required.
	From Text `yaml:"from" jsonschema:"example=asset.key,example=operatingHours"`

	// A text that is the same on every line. This or from is required.
	Value Text `yaml:"value" jsonschema:"example=MTR"`

	// How a number is written, by an example in zeros: 0,0 is one place behind a comma, 0.00 two behind a point, 00000 five digits at least, #.##0,00 has points between groups of three. Halves are rounded away from zero. Default: all its digits, with the file's decimal.
	Number Text `yaml:"number" jsonschema:"example=0\\,0,example=0.00000"`

	// In a record: digits without a mark, of which the last so many are the fraction; filled up with zeros. Default: none.
	Implied *int `yaml:"implied"`

	// Where a number carries its sign. leading: in front; trailing: behind; overpunch: in the last digit of implied ones. With implied, leading and trailing write a plus, too. Default: a minus in front.
	Sign Text `yaml:"sign" jsonschema:"enum=leading,enum=trailing,enum=overpunch"`

	// How an instant is written, as DD.MM.YYYY. Default: the file's dates.
	Date Text `yaml:"date" jsonschema:"example=DD.MM.YYYY"`

	// What the file has for each value: {matched: OK, unmatched: NA}. A value that is not listed has the default, or stays as it is. Default: none.
	Codes Named[Text] `yaml:"codes"`

	// What stands where there is no value. Default: blank.
	Default Text `yaml:"default"`

	// Whether a line without a value in this column is not written. Default: false.
	Required bool `yaml:"required"`

	// In a record: the column's first and last character, counted from 1, as 5-12. Default: none, and in records it is required.
	Where Text `yaml:"at" jsonschema:"example=5-12"`

	// In a record: the side on which the text stands, left or right. Default: left, and right for numbers.
	Align Text `yaml:"align" jsonschema:"enum=left,enum=right"`

	// In a record: the character that fills up the rest. Default: a blank, and 0 with implied.
	Pad Text `yaml:"pad" jsonschema:"example=0"`

	// In a record: whether text that is too long is cut. Else its line is left out, counted and told; numbers are never cut. Default: false.
	Cut bool `yaml:"cut"`

	// In a workbook: whether the sum of the column stands below it. Default: false.
	Total bool `yaml:"total"`
}
