package iristest_test

import (
	"net/http"
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

func TestTheOverviewIsForPeople(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Fleet: 3})
	got := ca.get("/", "Authorization", "").want(t, http.StatusTemporaryRedirect)
	wantEqual(t, got.header.Get("Location"), "/simulator/")
	if page := ca.get("/simulator/").want(t, http.StatusOK).body; !strings.Contains(page, "Nothing has been synchronized yet") {
		t.Errorf("got %s, want a page that says that there is nothing", page)
	}

	ca.synchronize(`{"identifier":"<b>/1","identifierType":"SERIAL_NUMBER"}`).want(t, http.StatusAccepted)
	page := ca.get("/simulator/").want(t, http.StatusOK).body
	for _, part := range []string{"&lt;b&gt;/1", `href="history/%3Cb%3E%2F1"`, "2026-11-21 12:00:00"} {
		if !strings.Contains(page, part) {
			t.Errorf("got %s, want %s in it", page, part)
		}
	}
}

func TestTheOverviewShowsWhatIsHeldOfEverything(t *testing.T) {
	t.Parallel()
	ca := newCaller(t, iristest.Options{Definitions: []iristest.Definition{{Key: "projectCode", Type: "STRING", EntityType: "RENTAL_CONTRACT"}}})
	ca.synchronize(`{"identifier":"GONE-1","identifierType":"SERIAL_NUMBER","contractItems":[{"externalReference":"C/1","contract":{"externalReference":"C","customer":{"externalReference":"K-3391","name":"Nordby & Co"}}}]}`).want(t, http.StatusAccepted)
	page := ca.get("/simulator/").body
	for _, part := range []string{"<td>GONE-1</td>", "<td>Nordby &amp; Co</td><td>K-3391</td>", "<td>Depot Oslo</td>", "<td>projectCode</td><td>STRING</td><td>RENTAL_CONTRACT</td><td>0</td>"} {
		if !strings.Contains(page, part) {
			t.Errorf("got %s, want %s in it", page, part)
		}
	}
}
