package mappings

import (
	"slices"
	"strings"
	"testing"

	"rentalsync/pipeline/rental"
)

func TestStartingMappingsHaveNoFaultAndNoWarning(t *testing.T) {
	t.Parallel()

	ms, faults := loadFS(t, FS)
	if len(faults) > 0 {
		t.Error(faults)
	}
	tables := slices.DeleteFunc(slices.Clone(ms), func(m *Mapping) bool { return !strings.HasPrefix(m.Name(), "tables-") })
	if lints := Lint(tables); len(lints) > 0 {
		t.Error("the tables do not fit each other:", lints)
	}
	if len(ms) != 13 {
		t.Errorf("%d mappings, want 13", len(ms))
	}
	for _, m := range ms {
		if m.Name()+".yaml" != m.File() {
			t.Errorf("mapping %s stands in %s", m.Name(), m.File())
		}
	}
}

func TestStartingMappingsCarryTheModelineOfTheSchema(t *testing.T) {
	t.Parallel()

	ms, _ := loadFS(t, FS)
	for _, m := range ms {
		text, err := FS.ReadFile(m.File())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# yaml-language-server: $schema=mapping.schema.json\n") {
			t.Errorf("%s does not begin with its modeline", m.File())
		}
	}
}

func TestTablesMapARowOfEveryTable(t *testing.T) {
	t.Parallel()

	tests := []struct {
		mapping       string
		header, cells string
		want          map[rental.Field]string
		key           string
	}{
		{
			"tables-equipment", "EQUIP_NO,SERIAL_NO,MAKE,MODEL,STATUS,HOME_DEPOT,CUR_DEPOT,METER", "ab-12,S1,Genie,GS,O,CHI,STL,1_234.5",
			map[rental.Field]string{"identifier": "S1", "rentalStatus": "ON_RENT", "owningDepot": "CHI", "currentDepot": "STL", "meterHours": "1234.5"}, "AB-12",
		},
		{
			"tables-contracts", "CONTRACT_NO,CUST_NO,START_DATE,END_DATE,STATUS", "C1,0007,11/21/2026,12/31/2050,O",
			map[rental.Field]string{"customer": "0007", "startDate": "2026-11-21T00:00:00-06:00", "endDate": "", "status": "OPEN"}, "C1",
		},
		{
			"tables-lines", "CONTRACT_NO,LINE_NO,EQUIP_NO,DATE_OUT,DATE_DUE,DATE_IN,DAY_RATE,CURRENCY,PO_NO", "C1,2,ab-12,11/21/2026,11/28/2026,,$1_250.00,USD,PO 7",
			map[rental.Field]string{
				"asset": "AB-12", "onRentDate": "2026-11-21T00:00:00-06:00", "dueDate": "2026-11-28T23:59:59-06:00", "offRentDate": "",
				"rate.unitPrice": "1250", "rate.currency": "USD", "rate.type": "DAILY", "orderNumber": "PO 7",
			}, "C1/2",
		},
		{
			"tables-customers", "CUST_NO,NAME,TYPE,ADDRESS,CITY,ZIP,COUNTRY,EMAIL,PHONE", "0007, Acme   Inc ,,1 Main,Boston,02134,US,a@b.c,1",
			map[rental.Field]string{"name": "Acme Inc", "type": "OTHER", "zip": "02134"}, "0007",
		},
		{
			"tables-depots", "DEPOT_ID,NAME,SITE_ID,ADDRESS,CITY,ZIP,COUNTRY,LATITUDE,LONGITUDE", "CHI,Chicago,42,1 Lake,Chicago,60601,US,41.88,-87.63",
			map[rental.Field]string{"siteId": "42", "longitude": "-87.63"}, "CHI",
		},
	}

	ms, _ := loadFS(t, FS)
	for _, tt := range tests {
		t.Run(tt.mapping, func(t *testing.T) {
			t.Parallel()
			m := named(t, ms, tt.mapping)
			cells := strings.Split(tt.cells, ",")
			for i := range cells {
				cells[i] = strings.ReplaceAll(cells[i], "_", ",")
			}

			out := mapRow(t, m, strings.Split(tt.header, ","), cells)
			if len(out.Entities) != 1 || len(out.Parked) > 0 {
				t.Fatalf("got %+v", out)
			}
			if got := out.Entities[0].Key; got != tt.key {
				t.Errorf("key is %q, want %q", got, tt.key)
			}
			for field, want := range tt.want {
				if got, said := out.Entities[0].Get(field); !said || got.Text != want {
					t.Errorf("%s is %q (said: %t), want %q", field, got.Text, said, want)
				}
			}
		})
	}
}

func named(t *testing.T, ms []*Mapping, name string) *Mapping {
	t.Helper()
	for _, m := range ms {
		if m.Name() == name {
			return m
		}
	}
	t.Fatalf("no mapping %q", name)
	return nil
}
