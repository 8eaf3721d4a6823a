package main

import (
	"strings"
	"testing"
)

// tablesNight is a machine on rent, as four tables tell it.
var tablesNight = night{
	"EQUIPMENT_20261120.csv": "NO,SERIAL,STATUS,DEPOT\n1,S-1,O,HAM\n",
	"CONTRACTS_20261120.csv": "CONTRACT,CUSTOMER\nC1,K1\n",
	"ITEMS_20261120.csv":     "LINE,CONTRACT,NO,OUT,RATE\nL1,C1,1,2026-11-01,95.5\n",
	"CUSTOMERS_20261120.csv": "NO,NAME\nK1,Elbe Bau\n",
}

// tablesTold is what comes of it.
const tablesTold = `
	2026-11-20 done: CONTRACTS_20261120.csv acked
	2026-11-20 done: CUSTOMERS_20261120.csv acked
	2026-11-20 done: EQUIPMENT_20261120.csv acked
	2026-11-20 done: ITEMS_20261120.csv acked
	4 read = 4 mapped + 0 skipped + 0 rejected
	exit 0`

func TestChecklistOfRentals(t *testing.T) {
	tables := []string{"equipment", "contracts", "items", "customers"}
	springTraps(t, []trap{
		{
			it:       "four tables tell of one rental",
			mappings: tables,
			nights:   []night{tablesNight},
			want:     tablesTold + "\nIRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau",
		},
		{
			it:       "the contracts come without their lines, which come on the next night",
			mappings: tables,
			nights: []night{
				{
					"EQUIPMENT_20261120.csv": tablesNight["EQUIPMENT_20261120.csv"],
					"CONTRACTS_20261120.csv": tablesNight["CONTRACTS_20261120.csv"],
					"CUSTOMERS_20261120.csv": tablesNight["CUSTOMERS_20261120.csv"],
				},
				{"ITEMS_20261121.csv": tablesNight["ITEMS_20261120.csv"]},
			},
			want: `
				2026-11-20 done: CONTRACTS_20261120.csv acked
				2026-11-20 done: CUSTOMERS_20261120.csv acked
				2026-11-20 done: EQUIPMENT_20261120.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: ITEMS_20261121.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau`,
		},
		{
			it:       "a line names a contract that no file has: the machine goes without its rental",
			mappings: tables,
			nights: []night{{
				"EQUIPMENT_20261120.csv": tablesNight["EQUIPMENT_20261120.csv"],
				"ITEMS_20261120.csv":     tablesNight["ITEMS_20261120.csv"],
			}},
			want: `
				2026-11-20 done: EQUIPMENT_20261120.csv acked
				2026-11-20 done: ITEMS_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				1 sent without a part: item L1 waits for contract "C1"
				exit 0
				IRIS: S-1 ON_RENT`,
		},
		{
			it:       "a line names a customer that no file has; the rental goes when he comes",
			mappings: tables,
			nights: []night{
				{
					"EQUIPMENT_20261120.csv": tablesNight["EQUIPMENT_20261120.csv"],
					"CONTRACTS_20261120.csv": tablesNight["CONTRACTS_20261120.csv"],
					"ITEMS_20261120.csv":     tablesNight["ITEMS_20261120.csv"],
				},
				{"CUSTOMERS_20261121.csv": tablesNight["CUSTOMERS_20261120.csv"]},
			},
			want: `
				2026-11-20 done: CONTRACTS_20261120.csv acked
				2026-11-20 done: EQUIPMENT_20261120.csv acked
				2026-11-20 done: ITEMS_20261120.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				1 sent without a part: item L1 waits for customer "K1"
				exit 0
				2026-11-21 done: CUSTOMERS_20261121.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau`,
		},
		{
			it:       "a machine stands on two open contracts: both are sent, and somebody has to look",
			mappings: tables,
			nights: []night{tablesNight, {
				"CONTRACTS_20261121.csv": "CONTRACT,CUSTOMER\nC1,K1\nC2,K1\n",
				"ITEMS_20261121.csv":     "LINE,CONTRACT,NO,OUT,RATE\nL1,C1,1,2026-11-01,95.5\nL2,C2,1,2026-11-10,80\n",
			}},
			want: tablesTold + `
				2026-11-21 done: CONTRACTS_20261121.csv acked
				2026-11-21 done: ITEMS_20261121.csv acked
				4 read = 4 mapped + 0 skipped + 0 rejected
				… warning: asset 1 stands on 2 open items at the same time: L1, L2; all are sent; …
				exit 0
				IRIS: S-1 ON_RENT, L1 at 95.5 for Elbe Bau, L2 at 80 for Elbe Bau`,
		},
	})
}

func TestChecklistOfMachines(t *testing.T) {
	springTraps(t, []trap{
		{
			it:   "a rental will end in four days, as somebody has said already",
			text: fleet("1;S-1;V;HAM;K1;Elbe Bau;M1;01.11.2026;25.11.2026;95,50"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, M1 until 2026-11-25T22:59:59Z at 95.5 for Elbe Bau`,
		},
		{
			it:   "a machine has no serial number: it waits, and the others go",
			text: fleet("1;;F;HAM;;;;;;", freeTwo),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				1 waiting: no identifier
				exit 0
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "two machines have one serial number: neither is sent, and both are told",
			text: fleet("1;S-1;F;HAM;;;;;;", freeTwo, "3;S-1;F;HAM;;;;;;"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				1 rejected: identifier "S-1" also belongs to asset 3
				3 rejected: identifier "S-1" also belongs to asset 1
				exit 3
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "a machine stands there twice and says the same",
			text: fleet(rentedOne, freeTwo, freeTwo),
			want: strings.Replace(heardOne, "2 read = 2 mapped", "3 read = 3 mapped", 1),
		},
		{
			it:   "a machine stands there twice and says two things",
			text: fleet(rentedOne, freeTwo, "2;S-2;R;HAM;;;;;;"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				3 read = 2 mapped + 0 skipped + 1 rejected
				line 4, Status "IN_REPAIR": asset 2 says "IN_REPAIR" here and "AVAILABLE" on line 3 (rentalStatus); say prefer: …
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "a serial number holds a character that nobody sees",
			text: fleet("1;S\t-1;F;HAM;;;;;;", freeTwo),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 1 mapped + 0 skipped + 1 rejected
				line 2, Serial "S…-1": control character 0x09 is no part of a name; …
				exit 3
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "blanks stand around everything, some of which do not look like blanks",
			text: fleet("\u00a01 ; S-1\u00a0;F ; HAM ;;;;;;"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				1 read = 1 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 AVAILABLE`,
		},
	})
}

func TestChecklistOfStatuses(t *testing.T) {
	const header = "NO,SERIAL,STATUS,DEPOT\n"
	equipment := []string{"equipment"}
	springTraps(t, []trap{
		{
			it:     "nobody explained a status: the machine keeps its last one, and the line to add is told",
			nights: []night{{"FLEET_20261120.csv": fleet(rentedOne, freeTwo)}, {trapNight: fleet(rentedOne, "2;S-2;X;HAM;;;;;;")}},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				exit 0
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				code Status "X": no table knows the code; rows: 1; "X": …  # under codes: status:
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "a status in lower case is another code, for some exports mean another thing by it",
			text: fleet(rentedOne, "2;S-2;f;HAM;;;;;;"),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				code Status "f": no table knows the code; rows: 1; "f": …  # under codes: status:
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				…`,
		},
		{
			it:       "the same letter is two codes, large and small, and a blank is one of its own",
			mappings: equipment,
			nights:   []night{{"EQUIPMENT_20261121.csv": header + "1,S-1,S,HAM\n2,S-2,s,HAM\n3,S-3,,HAM\n"}},
			want: `
				2026-11-21 done: EQUIPMENT_20261121.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 AVAILABLE
				IRIS: S-2 OTHER
				IRIS: S-3 NOT_ON_CONTRACT`,
		},
		{
			it:       "nobody explained a status, and the mapping rejects such rows",
			mappings: equipment,
			nights:   []night{{"EQUIPMENT_20261121.csv": header + "1,S-1,o,HAM\n2,S-2,S,HAM\n"}},
			want: `
				2026-11-21 done: EQUIPMENT_20261121.csv acked
				2 read = 1 mapped + 0 skipped + 1 rejected
				line 2, STATUS "o": …
				exit 3
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:   "nobody knows a depot, which stops no rental",
			text: fleet("1;S-1;V;NIX;K1;Müller & Söhne;M1;01.11.2026;;1.250,00", freeTwo),
			want: `
				2026-11-21 done: FLEET_20261121.csv acked
				2 read = 2 mapped + 0 skipped + 0 rejected
				NIX depot without site: …
				exit 0
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:     "the machines of a depot are missing, and a limit says that no depot may go",
			config: "gates: {depotsGone: 0}",
			nights: []night{
				{"FLEET_20261120.csv": fleet(rentedOne, freeTwo, "3;S-3;F;BER;;;;;;")},
				{trapNight: fleet(rentedOne, freeTwo)},
			},
			want: `
				2026-11-20 done: FLEET_20261120.csv acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				BER depot without site: …
				exit 0
				2026-11-21 held: FLEET_20261121.csv staged
				held: 1 of 2 depots that own assets would own none any more (50 %); the limit is 0
				2 read = 2 mapped + 0 skipped + 0 rejected
				…
				exit 3
				IRIS: S-1 ON_RENT, M1 at 1250 for Müller & Söhne
				IRIS: S-2 AVAILABLE
				IRIS: S-3 AVAILABLE`,
		},
	})
}
