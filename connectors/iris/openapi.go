package iris

import _ "embed"

// OpenAPI describes, in our own words, the part of IRIS that rentalsync talks to: the simulator
// validates requests against it, and the wire profile is held to it by a test. Every description says
// whether the vendor documents a thing or whether it is assumed.
//
//go:embed openapi.yaml
var OpenAPI []byte
