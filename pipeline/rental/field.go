package rental

// Field is the name of one property of an entity, spelled as IRIS spells it.
// Parts of a block carry a dot: "rate.unitPrice". Custom fields are
// "extra." followed by their IRIS key.
type Field string

// The fields of all kinds. Several kinds share a name where it means the same.
const (
	IdentifierType  Field = "identifierType"
	Identifier      Field = "identifier"
	AssetID         Field = "assetId"
	RentalStatus    Field = "rentalStatus"
	OwningDepot     Field = "owningDepot"
	CurrentDepot    Field = "currentDepot"
	Name            Field = "name"
	Make            Field = "make"
	Model           Field = "model"
	MeterHours      Field = "meterHours"
	CustomerType    Field = "type"
	SameAs          Field = "sameAs"
	Address         Field = "address"
	Zip             Field = "zip"
	City            Field = "city"
	Country         Field = "country"
	Email           Field = "email"
	Phone           Field = "phone"
	CustomerRef     Field = "customer"
	ContractStatus  Field = "status"
	StartDate       Field = "startDate"
	EndDate         Field = "endDate"
	HiringDepot     Field = "hiringDepot"
	ContractRef     Field = "contract"
	AssetRef        Field = "asset"
	OnRentDate      Field = "onRentDate"
	DueDate         Field = "dueDate"
	OffRentDate     Field = "offRentDate"
	OffRent         Field = "offRent"
	RateType        Field = "rate.type"
	RateCurrency    Field = "rate.currency"
	RateUnitPrice   Field = "rate.unitPrice"
	OrderNumber     Field = "orderNumber"
	ContractedHours Field = "contractedHours"
	DeliveryAddress Field = "deliveryAddress"
	DeliveryDate    Field = "deliveryDate"
	PickupAddress   Field = "pickupAddress"
	PickupDate      Field = "pickupDate"
	SiteID          Field = "siteId"
	Latitude        Field = "latitude"
	Longitude       Field = "longitude"
)

// Fields that the register keeps for itself: no mapping gives them and no
// document shows them.
const (
	Generation Field = "generation" // which rental under its key an item is, from 2 on
	PlannedEnd Field = "plannedEnd" // where a planned off-rent has moved on to
	Zone       Field = "zone"       // of an item's dates, where rows of one file have several
)

// ExtraPrefix begins the name of every custom field.
const ExtraPrefix = "extra."

// Day says which end of a day a date without a time means.
type Day uint8

const (
	NoDay     Day = iota
	DayBegins     // 00:00:00
	DayIsOver     // 23:59:59
)

// Spec tells what a field of one kind holds and where it goes.
type Spec struct {
	Field  Field
	Type   Type
	Day    Day      // for instants: what a date without a time means
	Refers Kind     // the kind whose key the field holds; 0 when it holds none
	Values []string // the values IRIS is known to take; nil when any text is fine
	Sent   bool     // part of the document; the others serve reports and checks
	About  string   // one line for schema and docs
}

// OffRents are the ways in which an item can say when it ends.
func OffRents() []string { return []string{"actual", "planned"} }

// RentalStatuses are the statuses of an asset that IRIS documents.
func RentalStatuses() []string {
	return []string{"ON_RENT", "PICK_UP_READY", "AVAILABLE", "RETURNED", "IN_REPAIR", "TRANSFER", "OTHER", "OFF_RENT", "NOT_ON_CONTRACT", "RESERVED"}
}

// ContractStatuses are the statuses of a contract that IRIS documents.
func ContractStatuses() []string { return []string{"OPEN", "RESERVED", "CANCELLED", "COMPLETED"} }

// CustomerTypes are the types of a customer that IRIS documents.
func CustomerTypes() []string {
	return []string{"CONTRACTOR", "DEALER", "DISTRIBUTOR", "OEM", "RENTAL", "SERVICE", "OTHER"}
}

// IdentifierTypes are the ways in which IRIS finds an asset.
func IdentifierTypes() []string {
	return []string{"ASSET_ID", "SERIAL_NUMBER", "EXTERNAL_REFERENCE"}
}

// RateTypes are the periods a rental rate can be charged by.
func RateTypes() []string { return []string{"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "FIXED"} }

// Specs lists the fields of a kind in the order in which people read them. The
// key is not among them: every entity has one. The list is not to be changed.
func Specs(k Kind) []Spec {
	if int(k) >= len(specs) {
		return nil
	}
	return specs[k]
}

var specs = [...][]Spec{
	Asset: {
		{Field: IdentifierType, Type: Text, Values: IdentifierTypes(), Sent: true, About: "how IRIS finds the asset"},
		{Field: Identifier, Type: Text, Sent: true, About: "what IRIS finds the asset by"},
		{Field: AssetID, Type: Text, About: "the asset's id in IRIS, from a crosswalk; beats every other identifier"},
		{Field: RentalStatus, Type: Text, Values: RentalStatuses(), Sent: true, About: "what the asset is doing now"},
		{Field: OwningDepot, Type: Text, Refers: Depot, Sent: true, About: "the depot the asset belongs to"},
		{Field: CurrentDepot, Type: Text, Refers: Depot, About: "the depot the asset stands at; never changes the owner"},
		{Field: Name, Type: Text, About: "what people call the asset"},
		{Field: Make, Type: Text, About: "the maker"},
		{Field: Model, Type: Text, About: "the maker's model"},
		{Field: MeterHours, Type: Number, About: "hours on the ERP's meter"},
	},
	Customer: {
		{Field: Name, Type: Text, Sent: true, About: "the customer's name"},
		{Field: CustomerType, Type: Text, Values: CustomerTypes(), Sent: true, About: "what the customer is to the account"},
		{Field: SameAs, Type: Text, Refers: Customer, About: "the customer it was merged into, or is known as in IRIS, from a crosswalk"},
		{Field: Address, Type: Text, About: "street and number"},
		{Field: Zip, Type: Text, About: "postal code"},
		{Field: City, Type: Text, About: "city"},
		{Field: Country, Type: Text, About: "country"},
		{Field: Email, Type: Text, About: "e-mail address"},
		{Field: Phone, Type: Text, About: "telephone number"},
	},
	Contract: {
		{Field: CustomerRef, Type: Text, Refers: Customer, Sent: true, About: "the customer's key"},
		{Field: ContractStatus, Type: Text, Values: ContractStatuses(), Sent: true, About: "derived from the items when it is not mapped"},
		{Field: StartDate, Type: Instant, Day: DayBegins, Sent: true, About: "when the contract starts"},
		{Field: EndDate, Type: Instant, Day: DayIsOver, Sent: true, About: "when the contract ends"},
		{Field: HiringDepot, Type: Text, Refers: Depot, Sent: true, About: "the depot that hires out"},
	},
	Item: {
		{Field: ContractRef, Type: Text, Refers: Contract, Sent: true, About: "the contract's key"},
		{Field: AssetRef, Type: Text, Refers: Asset, Sent: true, About: "the asset's key"},
		{Field: OnRentDate, Type: Instant, Day: DayBegins, Sent: true, About: "when the rental begins"},
		{Field: DueDate, Type: Instant, Day: DayIsOver, About: "the planned end; never ends a rental"},
		{Field: OffRentDate, Type: Instant, Day: DayIsOver, Sent: true, About: "the actual off-hire; empty while the rental runs"},
		{Field: OffRent, Type: Text, Values: OffRents(), About: "which end is shown: with actual only offRentDate ends the rental; with planned the due date is shown as its end, and moves on while the asset is ON_RENT"},
		{Field: RateType, Type: Text, Values: RateTypes(), Sent: true, About: "the period the rate is charged by"},
		{Field: RateCurrency, Type: Text, Sent: true, About: "ISO 4217 currency of the rate"},
		{Field: RateUnitPrice, Type: Number, Sent: true, About: "price of one period"},
		{Field: HiringDepot, Type: Text, Refers: Depot, Sent: true, About: "the depot that hires out"},
		{Field: OrderNumber, Type: Text, Sent: true, About: "the customer's order number"},
		{Field: ContractedHours, Type: Number, Sent: true, About: "hours the contract includes"},
		{Field: DeliveryAddress, Type: Text, Sent: true, About: "where the asset is delivered, in one line"},
		{Field: DeliveryDate, Type: Instant, Day: DayBegins, Sent: true, About: "when the asset is delivered"},
		{Field: PickupAddress, Type: Text, Sent: true, About: "where the asset is picked up, in one line"},
		{Field: PickupDate, Type: Instant, Day: DayIsOver, Sent: true, About: "when the asset is to be picked up"},
	},
	Depot: {
		{Field: Name, Type: Text, About: "the depot's name"},
		{Field: SiteID, Type: Text, About: "the id of the depot's site in IRIS"},
		{Field: Address, Type: Text, About: "street and number"},
		{Field: Zip, Type: Text, About: "postal code"},
		{Field: City, Type: Text, About: "city"},
		{Field: Country, Type: Text, About: "country"},
		{Field: Latitude, Type: Number, About: "degrees north"},
		{Field: Longitude, Type: Number, About: "degrees east"},
	},
}

// SpecOf finds one field of a kind.
func SpecOf(k Kind, f Field) (Spec, bool) {
	for i, s := range Specs(k) {
		if s.Field == f {
			return specs[k][i], true
		}
	}
	return Spec{}, false
}
