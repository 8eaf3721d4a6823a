package main

import (
	"context"

	"rentalsync/connectors/iris"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
)

// pace is what the account's rates are kept by.
func (i *irisConfig) pace(j *journal.Journal) pipeline.Pace {
	rates := i.Rate.perSecond()
	return j.Pace(i.account(), map[string]float64{
		iris.LaneRental: rates.Rental, iris.LaneFleet: rates.Fleet, iris.LaneEquipment: rates.Equipment, iris.LaneOther: rates.Other,
	})
}

// rentalPacing asks how fast documents go at the moment.
func (i *irisConfig) rentalPacing(j *journal.Journal) func(context.Context) (pipeline.Pacing, error) {
	pace := i.pace(j)
	return func(ctx context.Context) (pipeline.Pacing, error) { return pace.Pacing(ctx, iris.LaneRental) }
}
