package mappings

// language is a whole mapping: what one kind of file looks like, and what a row
// of it says. The comments of its fields are the descriptions that editors show.
type language struct {
	At Place `yaml:"-"`

	// The name by which flows, reports and the register call the mapping. Required.
	Mapping Text `yaml:"mapping,required" jsonschema:"example=hamburg-equipment"`

	// What the file is, for people. Default: nothing.
	Describes string `yaml:"describes"`

	// YAML files in the same folder whose columns, codes and skips are used here, too; what this file says itself wins. Default: none.
	Include Texts `yaml:"include" jsonschema:"example=common.yaml"`

	// How the file looks: its name, its characters, its numbers and dates. Required.
	File fileBlock `yaml:"file,required"`

	sharedBlock `yaml:",inline"`

	rowBlock `yaml:",inline"`

	// The tables of a file that holds several: the sheets of a workbook, or the types of its records. What a row says stands in each of them; columns, codes and skip beside them are shared. Default: the file is one table.
	Parts []partBlock `yaml:"parts"`
}

// rowBlock is what a row says.
type rowBlock struct {
	// What a row says about a machine. Default: nothing.
	Asset assetBlock `yaml:"asset"`

	// What a row says about a customer. Default: nothing.
	Customer customerBlock `yaml:"customer"`

	// What a row says about a rental contract. Default: nothing.
	Contract contractBlock `yaml:"contract"`

	// What a row says about one line of a contract: a machine on rent. Default: nothing.
	Item itemBlock `yaml:"item"`

	// What a row says about a depot. Default: nothing.
	Depot depotBlock `yaml:"depot"`

	// The row is mapped once for each part of a cell, for files that write several serials into one: {of: serials, split: ","}. Default: once.
	Each eachBlock `yaml:"each"`

	// Custom fields by their IRIS key, on asset, customer, contract or site: "contract.projectCode". Each has to exist in IRIS with that key. Default: none.
	Extra Named[rule] `yaml:"extra"`
}

// sharedBlock is what a mapping can share with others by include.
type sharedBlock struct {
	// Our short name for each column, and the headers the ERP has used for it; case, accents and spaces do not matter. In a fixed-width file its first and last character, counted from 1: "number: 5-12". Default: none, and fields name headers.
	Columns Named[column] `yaml:"columns"`

	// Code tables: what the ERP writes, and what it means. Codes are literal text: 01, N and 1.0 stay as written. Default: none.
	Codes Named[codeTable] `yaml:"codes"`

	// Rows that are left out, by a named rule each; every report counts them by these names. Cells are seen as they stand in the file, before the column's own do; numbers and dates of a workbook as decimal and dates would write them. Default: none.
	Skip Named[Text] `yaml:"skip"`
}

// fileBlock says how a file looks.
type fileBlock struct {
	At Place `yaml:"-"`

	// The file's name: * and ? stand for any characters, {date:YYYYMMDD} is the business date, {seq} a number that orders the files of a day; or a list of names, of which the first that fits is taken. Required.
	Match Texts `yaml:"match,required" jsonschema:"example=EQUIP_{date:YYYYMMDD}.csv"`

	// The file's format: csv is any text with something between its cells, xlsx a workbook, fixed a text whose columns have positions. Default: csv.
	Format Text `yaml:"format" jsonschema:"enum=csv,enum=xlsx,enum=fixed"`

	// The file's character set, such as windows-1252, utf-8 or ibm850. Default: what a byte order mark says, else UTF-8 where the bytes are, else windows-1252.
	Encoding Text `yaml:"encoding" jsonschema:"example=windows-1252"`

	// What stands between two cells: one or several characters, or the words tab and pipe. Default: ",".
	Delimiter Text `yaml:"delimiter" jsonschema:"example=;"`

	// What encloses a cell that holds a delimiter, or none. Default: the double quote.
	Quote Text `yaml:"quote"`

	// Lines that begin with this are no rows. Default: none.
	Comment Text `yaml:"comment" jsonschema:"example=#"`

	// The line the column names stand on, a list where they take several lines, none, or find: the first line that has every column the mapping cannot do without. Without names columns are called 1, 2, 3. Default: 1.
	Header headerLines `yaml:"header"`

	// The sheet of a workbook: its name, a pattern with * and ?, its number, or all for every one. Default: the first.
	Sheet Text `yaml:"sheet" jsonschema:"example=Assets"`

	// What to do with the rows that a workbook hides, by hand or by a filter. read: like any other; skip: they are left out, and counted as "hidden row". Default: read.
	Hidden Text `yaml:"hidden" jsonschema:"enum=read,enum=skip"`

	// How many characters a record of a fixed-width file has: shorter ones are filled up with blanks. strict refuses records of any other length: {of: 120, strict: true}, or the word alone where the last column ends the record. Default: as many as its line has.
	Length recordLength `yaml:"length"`

	// What it means that something is not in the file. changes: nothing; full: every asset and every open contract line is in it; or per kind, as {asset: all, item: open}. Default: changes.
	Contains claims `yaml:"contains"`

	// The last line, which must be there; {count} is the number of rows and must fit. Default: none.
	End Text `yaml:"end" jsonschema:"example=*** END {count}"`

	// What stands before the fraction of a number. Default: ".".
	Decimal Text `yaml:"decimal" jsonschema:"enum=.,enum=\\,"`

	// What stands between groups of three digits. Default: none.
	Thousands Text `yaml:"thousands"`

	// The signs and words for money that may stand before or behind a number, as $ or [€, EUR]. Default: none, and then such a number is an error.
	Currency Texts `yaml:"currency" jsonschema:"example=$"`

	// How dates are written, of DD D MM M YYYY YY DDD CYY HH hh mm ss AM. YY is 1970 to 2069; CYYDDD is the Julian date of JD Edwards. Cells that are dates to the workbook need no form. Default: none, and then a field that holds a date needs its own; in a workbook YYYY-MM-DD.
	Dates Text `yaml:"dates" jsonschema:"example=DD.MM.YYYY,example=MM/DD/YYYY"`

	// The zone of the file's dates, or one for each value of a column: {by: branch, MUC: Europe/Berlin, default: Europe/Paris}. Default: none, and then no field may hold a date.
	Timezone zones `yaml:"timezone"`

	// Values that mean "nothing": the field becomes empty. Default: [""].
	None *Texts `yaml:"none"`

	// What "nothing" does to a field. empty: the field becomes empty; leave: it keeps its last value, for files of changes with sparse rows. Default: empty.
	Blank Text `yaml:"blank" jsonschema:"enum=empty,enum=leave"`

	// What limits what absence says: the column with the branch, so that a branch's rows say nothing about other branches, a formula, or a constant where every file is of one branch. A file without rows says nothing about any branch of a column. Default: the whole file.
	Scope Text `yaml:"scope"`

	// Where the content says which day the file is of: a cell above the header or a column, as {cell: B2, date: DD.MM.YYYY}. Default: the file's name says it.
	BusinessDate contentBlock `yaml:"businessDate"`

	// Where the content has the number that orders the files: {cell: B3} or {column: Run}. Default: the file's name says it.
	Sequence contentBlock `yaml:"sequence"`
}

// eachBlock parts a cell, so that a row is mapped for each of its parts.
type eachBlock struct {
	At Place `yaml:"-"`

	// The column whose cell holds several values. Its own do: works on each of them, and blank ones are left out. Required.
	Of Text `yaml:"of,required" jsonschema:"example=serials"`

	// What stands between two values: one or several characters. Default: ",".
	Split Text `yaml:"split" jsonschema:"example=;"`
}

// columnBlock is a column with more to say than its headers.
type columnBlock struct {
	At Place `yaml:"-"`

	// The headers the ERP has used for the column. Default: the column's short name.
	Header Texts `yaml:"header"`

	// Where the column stands in a record: its first and last character, counted from 1, as 96-105; in separated text the number of its cell. Default: none, as in any file with headers; in others it is required.
	Where Text `yaml:"at" jsonschema:"example=96-105"`

	// The column holds digits whose last so many places are the fraction: 0000128500 with 2 is 1285.00. Default: none.
	Implied *int `yaml:"implied"`

	// Where the digits carry their sign. overpunch: in the last one, as 0001234K; trailing: behind them; leading: before them. Default: none, or with implied either side.
	Sign Text `yaml:"sign" jsonschema:"enum=overpunch,enum=trailing,enum=leading"`

	// Steps that clean every cell of the column, in this order. Default: none.
	Do steps `yaml:"do"`

	// Values of this column that mean "nothing", instead of those of the file. Default: the file's.
	None *Texts `yaml:"none"`
}

// ruleBlock says where a field has its value from. Whatever order it is
// written in, it is worked in the order of these keys.
type ruleBlock struct {
	At Place `yaml:"-"`

	// The column, by its short name or its header. This or formula is required.
	From Text `yaml:"from"`

	// A formula over the columns, with or without the =. It sees the numbers and dates of a workbook as decimal and dates would write them. This or from is required.
	Formula Text `yaml:"formula" jsonschema:"example=contract + \"/\" + line"`

	// Steps that clean the value, in this order. Default: none.
	Do steps `yaml:"do"`

	// The code table that says what the value means: its name under codes, or the table itself. Default: none.
	Codes codesRef `yaml:"codes"`

	// What happens to a code that no table knows. park: the field keeps its last value and the report lists the code; leave: the same, silently; reject: the row is rejected; or the value to take instead. Default: park.
	Unknown Text `yaml:"unknown" jsonschema:"example=park,example=reject,example=leave"`

	// The value is a number: true, or how it is written, as {decimal: ",", thousands: "."}. Default: as the field needs it.
	Number numberForm `yaml:"number"`

	// The value is digits whose last so many places are the fraction. Default: none.
	Implied *int `yaml:"implied"`

	// The value is a date: true, or how it is written, as DD.MM.YYYY. Default: as the field needs it.
	Date dateForm `yaml:"date"`

	// The time of day for a date that has none, as "07:00". Default: 00:00:00 where the field begins something, 23:59:59 where it ends something.
	Time Text `yaml:"time"`

	// The value to take where the ERP says "nothing". Default: none.
	Default Text `yaml:"default"`

	// Whether a row without the value is rejected, and a file without the column refused. Default: false.
	Required bool `yaml:"required"`
}

// numberBlock says how a number is written.
type numberBlock struct {
	// What stands before the fraction. Default: the file's.
	Decimal Text `yaml:"decimal"`

	// What stands between groups of three digits. Default: the file's, unless decimal is said here.
	Thousands Text `yaml:"thousands"`

	// The signs and words for money that may stand before or behind the number, as $ or [€, EUR]. Default: the file's.
	Currency Texts `yaml:"currency"`

	// A percent sign may stand behind the number, which is then a hundredth: 19 % is 0.19, as in a spreadsheet. Default: false.
	Percent bool `yaml:"percent"`
}

// rateBlock is the price of a rental.
type rateBlock struct {
	At Place `yaml:"-"`

	// The period the price is for: HOURLY, DAILY, WEEKLY, MONTHLY or FIXED, or a column. Required.
	Type rule `yaml:"type,required"`

	// The currency as three capital letters, or a column. Required.
	Currency rule `yaml:"currency,required"`

	// The column with the price of one period. Required.
	UnitPrice rule `yaml:"unitPrice,required"`
}

// chooseBlock is several prices of which one is taken.
type chooseBlock struct {
	At Place `yaml:"-"`

	// The periods in the order of preference; the first one with a price is taken. Required.
	Choose Texts `yaml:"choose,required"`

	// The prices that the ERP has. Required.
	Of []rateBlock `yaml:"of,required"`
}
