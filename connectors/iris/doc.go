// Package iris is a client of Trackunit IRIS, as far as a rental ERP needs it:
// it says which machine is on which contract, and reads back what the machines
// report.
//
// # The story
//
// A Client speaks for one account. A method builds a request, has it done, and
// decodes the answer; all the rest are transports around each other, one idea
// each:
//
//	retry     a failed attempt that another may mend
//	breaker   no attempts while IRIS is down
//	parallel  how many at once
//	pace      whose turn it is, under a rate that the whole account shares
//	deadline  how long one attempt may take
//	auth      the token, renewed in time, and once more on a 401
//	whole     the answer is read to its end, and no further than is sane
//	witness   whether IRIS answered at all, where it counts its answers
//
// Three types stand on it. A Loader takes documents: it is the pipeline's Sink. A
// Fleet reads the pages of the ISO 15143-3 (AEMP 2.0) export. A Directory lists
// and changes what the account holds beside: assets, sites, customers, custom
// fields, and the contracts that came of what was sent. Each API of IRIS has a
// file of its own, in IRIS's names; lists come page by page.
//
// # The wire
//
// The names of fields in a synchronization are in one file, wire.yaml, because
// the vendor does not publish all of them. A Wire is such a file, compiled.
//
// # Errors
//
// What IRIS answers is an *ErrorResponse or a *RateLimitError, what the token
// server answers a *TokenError, an attempt that was not made an *OpenError, and
// a line that broke a *CallError. No text of them holds a secret or a token.
package iris
