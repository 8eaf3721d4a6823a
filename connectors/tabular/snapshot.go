package tabular

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/gocarina/gocsv"

	"rentalsync/pipeline"
)

// machineRow is one machine of a snapshot: the ERP's key, and the rest under the
// names of ISO 15143-3. What a machine does not report is an empty cell, never a
// zero.
type machineRow struct {
	AssetKey              guarded `csv:"AssetKey"`
	SerialNumber          guarded `csv:"SerialNumber"`
	PIN                   guarded `csv:"PIN"`
	OEMName               guarded `csv:"OEMName"`
	Model                 guarded `csv:"Model"`
	EquipmentID           guarded `csv:"EquipmentID"`
	TelematicSerialNumber guarded `csv:"TelematicSerialNumber"`
	AssetID               guarded `csv:"AssetID"`
	ExternalReference     guarded `csv:"ExternalReference"`

	Latitude     *float64 `csv:"Latitude"`
	Longitude    *float64 `csv:"Longitude"`
	Altitude     *float64 `csv:"Altitude"`
	LocationTime instant  `csv:"LocationTime"`

	OperatingHours     *float64 `csv:"OperatingHours"`
	OperatingHoursTime instant  `csv:"OperatingHoursTime"`
	IdleHours          *float64 `csv:"IdleHours"`
	IdleHoursTime      instant  `csv:"IdleHoursTime"`

	FuelUsed             *float64 `csv:"FuelUsed"`
	FuelUsedUnit         guarded  `csv:"FuelUsedUnit"`
	FuelUsedTime         instant  `csv:"FuelUsedTime"`
	FuelRemainingPercent *float64 `csv:"FuelRemainingPercent"`
	FuelRemainingTime    instant  `csv:"FuelRemainingTime"`
	DEFRemainingPercent  *float64 `csv:"DEFRemainingPercent"`
	DEFRemainingTime     instant  `csv:"DEFRemainingTime"`

	Distance     *float64 `csv:"Distance"`
	DistanceUnit guarded  `csv:"DistanceUnit"`
	DistanceTime instant  `csv:"DistanceTime"`

	EngineRunning     *bool   `csv:"EngineRunning"`
	EngineRunningTime instant `csv:"EngineRunningTime"`
}

// guarded is text from outside that must not become a formula.
type guarded string

// MarshalCSV makes the text harmless.
func (g guarded) MarshalCSV() (string, error) { return guard(legible(string(g))), nil }

// instant is a time in UTC; the zero one is an empty cell.
type instant time.Time

// MarshalCSV writes the time as ISO 8601.
func (i instant) MarshalCSV() (string, error) {
	if time.Time(i).IsZero() {
		return "", nil
	}
	return time.Time(i).UTC().Format(time.RFC3339), nil
}

// machinesAtOnce is how many machines are held while a snapshot is written.
const machinesAtOnce = 256

// WriteSnapshotCSV writes one row a machine: UTF-8 with a byte order mark,
// commas, times in UTC. A machine that could not be understood has no row; any
// other error ends the writing.
func WriteSnapshotCSV(w io.Writer, machines iter.Seq2[pipeline.Machine, error]) error {
	if _, err := w.Write(bomUTF8); err != nil {
		return err
	}
	plain := csv.NewWriter(w)
	plain.UseCRLF = true
	out := gocsv.NewSafeCSVWriter(plain)

	batch := make([]machineRow, 0, machinesAtOnce)
	if err := gocsv.MarshalCSV(batch, out); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	for m, err := range machines {
		var unclear *pipeline.MachineError
		if errors.As(err, &unclear) {
			continue
		}
		if err != nil {
			return fmt.Errorf("write snapshot: %w", err)
		}
		if batch = append(batch, rowOf(m)); len(batch) < machinesAtOnce {
			continue
		}
		if err := gocsv.MarshalCSVWithoutHeaders(batch, out); err != nil {
			return fmt.Errorf("write snapshot: %w", err)
		}
		batch = batch[:0]
	}
	if err := gocsv.MarshalCSVWithoutHeaders(batch, out); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

func rowOf(m pipeline.Machine) machineRow {
	row := machineRow{
		AssetKey:              guarded(m.AssetKey),
		SerialNumber:          guarded(m.SerialNumber),
		PIN:                   guarded(m.PIN),
		OEMName:               guarded(m.OEMName),
		Model:                 guarded(m.Model),
		EquipmentID:           guarded(m.EquipmentID),
		TelematicSerialNumber: guarded(m.TelematicSerialNumber),
		AssetID:               guarded(m.AssetID),
		ExternalReference:     guarded(m.ExternalReference),
	}

	if at := m.Location; at != nil {
		row.Latitude, row.Longitude, row.Altitude = &at.Latitude, &at.Longitude, at.Altitude
		row.LocationTime = instant(at.At)
	}
	if engine := m.EngineRunning; engine != nil {
		row.EngineRunning, row.EngineRunningTime = &engine.On, instant(engine.At)
	}

	var unit guarded // hours and percent need none
	takeReading(m.OperatingHours, &row.OperatingHours, &unit, &row.OperatingHoursTime)
	takeReading(m.IdleHours, &row.IdleHours, &unit, &row.IdleHoursTime)
	takeReading(m.FuelUsed, &row.FuelUsed, &row.FuelUsedUnit, &row.FuelUsedTime)
	takeReading(m.FuelRemaining, &row.FuelRemainingPercent, &unit, &row.FuelRemainingTime)
	takeReading(m.DEFRemaining, &row.DEFRemainingPercent, &unit, &row.DEFRemainingTime)
	takeReading(m.Distance, &row.Distance, &row.DistanceUnit, &row.DistanceTime)
	return row
}

// takeReading takes a reading apart; one that is absent leaves its cells empty.
func takeReading(r *pipeline.Reading, value **float64, unit *guarded, at *instant) {
	if r == nil {
		return
	}
	*value, *unit, *at = &r.Value, guarded(r.Unit), instant(r.At)
}
