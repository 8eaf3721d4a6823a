package iris_test

import (
	"context"
	"fmt"
	"strings"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline/rental"
)

// A loader sends documents, and says what became of each.
func ExampleLoader() {
	simulator, err := iristest.New(iristest.Options{Serials: []string{"WJX00213"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := iris.New(iris.Config{
		URL:       "https://iris.example",
		Token:     iris.TokenConfig{URL: "https://iris.example/token/v2", ClientID: "demo", ClientSecret: "demo"},
		Rates:     iris.Rates{Rental: 5},
		Transport: memory{simulator}, // leave it out to speak to IRIS
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	loader := iris.NewLoader(client, iris.DefaultWire())
	for _, serial := range []string{"WJX00213", "WJX00214"} {
		answer, err := loader.Send(context.Background(), &rental.Document{
			Key: serial,
			Asset: rental.Part{Key: serial, Reference: "HH-" + serial, Fields: []rental.FieldValue{
				{Field: rental.Identifier, Value: rental.Of(serial)},
				{Field: rental.IdentifierType, Value: rental.Of("SERIAL_NUMBER")},
				{Field: rental.RentalStatus, Value: rental.Of("AVAILABLE")},
			}},
		})
		fmt.Println(answer.Status, answer.Outcome, err)
	}
	// Output:
	// 200 matched <nil>
	// 202 unmatched <nil>
}

// A document of the export is read machine by machine.
func ExampleReadFleet() {
	document := `<Fleet><Equipment>
		<EquipmentHeader><OEMName>Norrhaug</OEMName><SerialNumber>NH1000007</SerialNumber></EquipmentHeader>
		<CumulativeOperatingHours datetime="2026-11-21T05:40:00Z"><Hour>1873.25</Hour></CumulativeOperatingHours>
	</Equipment></Fleet>`
	for machine, err := range iris.ReadFleet(strings.NewReader(document)) {
		fmt.Println(machine.SerialNumber, machine.OperatingHours.Value, err)
	}
	// Output:
	// NH1000007 1873.25 <nil>
}

// A profile says how a document is spelled; an admin's copy replaces it.
func ExampleLoadWire() {
	_, err := iris.LoadWire("my-wire.yaml", []byte("profile: mine\nasset:\n  identifier: identifier\n  status: rentalStatus\n"))
	fmt.Println(strings.SplitN(err.Error(), ";", 2)[0])
	// Output:
	// my-wire.yaml:4:3: "status" is not known here
}
