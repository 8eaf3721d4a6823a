// Package iristest is an IRIS to try things on: an [http.Handler] that answers like the real one as far
// as anybody has published, and keeps state as the real one would.
//
// One [Simulator] plays every host of IRIS under one base URL: the token endpoints, the REST APIs
// (rental, asset, site, customer, custom fields) and the ISO 15143-3 export. It owns a fleet of invented
// machines whose readings are a function of its seed and its clock, so that two simulators with the same
// options tell the same story. Synchronizations are checked against openapi.yaml, matched to an asset or
// kept until one appears, and merged into what IRIS then holds. That is a different thing from what was
// sent: the last accepted request of each identifier is kept as well, byte for byte.
//
// What only a simulator has lives under /simulator/: its state, the history of an identifier, the serial
// numbers and the custom fields it knows, its clock, and faults. A [Fault] makes requests fail on purpose:
// statuses, Retry-After in both forms, latency, cut connections, broken bodies, expired tokens; some of
// them, or a share that the seed decides on.
//
// Where the contract of IRIS is not public the simulator takes the stricter reading, or has an option.
package iristest
