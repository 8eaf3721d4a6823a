package journal

import (
	"context"
	"time"
)

const (
	numberLayout = `
		INSERT INTO laid_out (flow, layout, subject, number, written_at)
		SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, 0 FROM laid_out WHERE flow = $1 AND layout = $2
		ON CONFLICT (flow, layout, subject) DO NOTHING`
	layoutNumber  = `SELECT number FROM laid_out WHERE flow = $1 AND layout = $2 AND subject = $3`
	layoutWritten = `UPDATE laid_out SET written_at = $4 WHERE flow = $1 AND layout = $2 AND subject = $3`
	layoutBefore  = `
		SELECT subject FROM laid_out
		WHERE flow = $1 AND layout = $2 AND number < $3 AND written_at > 0
		ORDER BY number DESC LIMIT 1`
)

// LayoutNumber is the number of the file that tells of a subject, a run or a
// snapshot: the next one, or the one it was given before.
func (j *Journal) LayoutNumber(ctx context.Context, flow, layout, subject string) (number int64, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, numberLayout, flow, layout, subject); err != nil {
			return err
		}
		return s.one(ctx, layoutNumber, args(flow, layout, subject), &number)
	})
	return number, named(err, "number the file of layout %q for %s", layout, subject)
}

// LayoutWritten records that the file lies in the outbox.
func (j *Journal) LayoutWritten(ctx context.Context, flow, layout, subject string, at time.Time) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, layoutWritten, flow, layout, subject, nanos(at))
		return err
	})
	return named(err, "record the file of layout %q for %s", layout, subject)
}

// LayoutBefore is the subject of the last file that was written before a number;
// "" when there was none.
func (j *Journal) LayoutBefore(ctx context.Context, flow, layout string, number int64) (subject string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		_, err := found(s.one(ctx, layoutBefore, args(flow, layout, number), &subject))
		return err
	})
	return subject, named(err, "find the last file of layout %q", layout)
}

const (
	keptUntil = `SELECT at FROM schedule_kept WHERE flow = $1`
	keepUntil = `INSERT INTO schedule_kept (flow, at) VALUES ($1, $2) ON CONFLICT (flow) DO UPDATE SET at = excluded.at`
)

// ScheduleKept is the time up to which a flow's schedule of snapshots was kept;
// zero when nobody has begun to keep it.
func (j *Journal) ScheduleKept(ctx context.Context, flow string) (at time.Time, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		var nanos int64
		_, err := found(s.one(ctx, keptUntil, args(flow), &nanos))
		at = instant(nanos)
		return err
	})
	return at, named(err, "look up the schedule of flow %q", flow)
}

// KeepSchedule records up to when a flow's schedule was kept.
func (j *Journal) KeepSchedule(ctx context.Context, flow string, at time.Time) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, keepUntil, flow, nanos(at))
		return err
	})
	return named(err, "keep the schedule of flow %q", flow)
}
