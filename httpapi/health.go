package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// healthz is GET /healthz: it depends on nothing but the process.
func (a *api) healthz(c *gin.Context) {
	answer(c, http.StatusOK, func(w *writer) {
		w.beginObject()
		w.text("status", "ok")
		if a.nodeName != "" { // the admin listener knows neither
			w.text("node", a.nodeName)
			w.text("version", a.version)
		}
		w.endObject()
	})
}

// readyz is GET /readyz: 200 where every check is OK, else 503. With ?verbose it lists the checks.
func (a *api) readyz(c *gin.Context) {
	checks := a.node.Checks()
	status, word := http.StatusOK, "ready"
	for i := range checks {
		if !checks[i].OK {
			status, word = http.StatusServiceUnavailable, "unready"
		}
	}
	if status != http.StatusOK {
		c.Writer.Header().Set("Retry-After", "1")
	}
	_, verbose := c.GetQuery("verbose")
	answer(c, status, func(w *writer) {
		w.beginObject()
		w.text("status", word)
		if verbose {
			w.beginArray("checks")
			for i := range checks {
				w.beginObject()
				w.text("check", checks[i].Name)
				w.boolean("ok", checks[i].OK)
				w.text("detail", checks[i].Detail)
				w.endObject()
			}
			w.endArray()
		}
		w.endObject()
	})
}
