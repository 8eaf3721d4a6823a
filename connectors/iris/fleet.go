package iris

// fleetPath is where the ISO 15143-3 export begins.
const fleetPath = "/public/api/aemp/v2/15143/-3/Fleet"
