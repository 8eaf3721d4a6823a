package iristest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"rentalsync/connectors/iris/iristest"
)

func Example() {
	simulator, err := iristest.New(iristest.Options{
		Serials: []string{"WJX00213"},
		Faults:  []iristest.Fault{{On: "POST /api/rental/v1/synchronization", Status: http.StatusServiceUnavailable, Times: 1}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(simulator)
	defer server.Close()

	for _, serial := range []string{"WJX00213", "WJX00213", "WJX00214"} {
		body := strings.NewReader(`{"identifier":"` + serial + `","identifierType":"SERIAL_NUMBER","rentalStatus":"ON_RENT"}`)
		r, err := http.NewRequest(http.MethodPost, server.URL+"/api/rental/v1/synchronization", body)
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+simulator.Token())
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = response.Body.Close()
		fmt.Println(serial, response.Status)
	}
	fmt.Printf("%s\n", simulator.Held("WJX00213"))

	// Output:
	// WJX00213 503 Service Unavailable
	// WJX00213 200 OK
	// WJX00214 202 Accepted
	// {"identifier":"WJX00213","identifierType":"SERIAL_NUMBER","rentalStatus":"ON_RENT"}
}
