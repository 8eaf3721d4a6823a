package iristest

import "net/http"

func (si *Simulator) toOverview(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/simulator/", http.StatusTemporaryRedirect)
}

func (si *Simulator) getOverview(w http.ResponseWriter, r *http.Request) {
	si.getState(w, r)
}
