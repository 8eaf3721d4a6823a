package journal

// An account that lists what it did not know has come to know it: such an asset is
// sent again with the next run, and not only when it would be offered anyway. Once
// for each listing is enough.

const (
	// What was sent is the text that the account itself has, or it is not.
	nowListsUnmatched = `
		UPDATE unmatched SET listed = 1
		WHERE account = $1 AND ended_at = 0 AND (
			EXISTS (SELECT 1 FROM listed d WHERE d.account = $1 AND d.kind = 'asset' AND d.reference = unmatched.reference
				AND unmatched.reference <> '' AND d.number = $2)
			OR EXISTS (SELECT 1 FROM listed d WHERE d.account = $1 AND d.kind = 'asset'
				AND unmatched.identifier = 'SERIAL_NUMBER ' || d.serial AND d.serial = SUBSTR(unmatched.identifier, 15) AND d.serial <> '' AND d.number = $2)
			OR EXISTS (SELECT 1 FROM listed d WHERE d.account = $1 AND d.kind = 'asset'
				AND unmatched.identifier = 'EXTERNAL_REFERENCE ' || d.reference AND d.reference = SUBSTR(unmatched.identifier, 20) AND d.reference <> '' AND d.number = $2)
			OR EXISTS (SELECT 1 FROM listed d WHERE d.account = $1 AND d.kind = 'asset' AND d.number = $2
				AND d.id = SUBSTR(unmatched.identifier, 10) AND unmatched.identifier = 'ASSET_ID ' || d.id))`

	// listedByNow are the entries u of an account on assets e of a flow that its
	// last listing shows.
	listedByNow = `
		FROM unmatched u CROSS JOIN entity e
		WHERE u.account = $2 AND u.listed = 1 AND e.id = u.asset AND e.flow = $1
			AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.asset = u.asset) `

	offerListed  = touch + `SELECT u.asset, 3` + listedByNow + urgent
	remindListed = `
		UPDATE dispatch SET offered = 1
		WHERE run = $3 AND flow = $1 AND held = 0 AND offered = 0
			AND asset IN (SELECT u.asset FROM unmatched u WHERE u.account = $2 AND u.listed = 1)`
	offeredListed = `
		UPDATE unmatched SET listed = 0
		WHERE account = $2 AND listed = 1
			AND asset IN (SELECT asset FROM dispatch WHERE run = $3 AND flow = $1 AND offered = 1)`
)
