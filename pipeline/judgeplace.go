package pipeline

import (
	"fmt"
	"time"
)

// atOtherDepot finds a machine at a depot that is not the one the ERP names. A
// machine under way between depots is where it should be.
func (l *Tolerances) atOtherDepot(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Machine == nil || c.Asset.Gone != "" || c.Asset.Status == "TRANSFER" {
		return "", time.Time{}, false
	}
	at, own := c.Machine.Site, c.Asset.Depot()
	if at == nil || at.Depot == "" || own == "" || at.Depot == own {
		return "", time.Time{}, false
	}
	return fmt.Sprintf("at %s since %s at the latest; the ERP says %s", at.Name, c.on(c.Machine.Point.At), c.Sites.DepotName(own)), c.Machine.Point.At, true
}

// offRent are the statuses of machines whose rental is over.
var offRent = map[string]bool{"OFF_RENT": true, "PICK_UP_READY": true, "AVAILABLE": true, "RETURNED": true, "NOT_ON_CONTRACT": true}

// notReturned finds a machine whose last rental ended days ago and that is at no
// depot. Where it was before the rental ended proves nothing, and neither does a
// place where no depot is known.
func (l *Tolerances) notReturned(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Machine == nil || !offRent[c.Asset.Status] || !c.Sites.HasDepots() {
		return "", time.Time{}, false
	}
	last, at := c.Asset.Last(), c.Machine.Point
	if last == nil || !at.Known() || c.Sites.AtDepot(at) {
		return "", time.Time{}, false
	}
	if at.At.Before(last.Off.Add(l.Around)) || at.At.Sub(last.Off) < l.ReturnAfter {
		return "", time.Time{}, false
	}
	where := "outside every depot"
	if c.Machine.Site != nil {
		where = "at " + c.Machine.Site.Name
	}
	return fmt.Sprintf("off rent since %s, and on %s %s", c.on(last.Off), c.on(at.At), where), last.Off, true
}

// unknownToERP finds a machine that the register has no asset for. What bears a
// reference of another flow is that one's.
func (l *Tolerances) unknownToERP(c *Case) (string, time.Time, bool) {
	if c.Asset != nil || c.Machine == nil || c.Machine.Foreign {
		return "", time.Time{}, false
	}
	what := "no asset has this serial number"
	if c.Machine.Key != "" {
		what = "no asset has the number " + c.Machine.Key
	}
	return what, time.Time{}, true
}

// noTelematics finds an asset that no machine stands for.
func (l *Tolerances) noTelematics(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Machine != nil || c.Asset.Gone != "" {
		return "", time.Time{}, false
	}
	return "no machine of the snapshot has its reference or serial number", time.Time{}, true
}
