package httpapi

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/httpapi/roompage"
)

var (
	htmlMedia = []string{"text/html; charset=utf-8"}
	// pageCache lets proxies keep the page for as long as its list of nodes is good enough.
	pageCache = []string{"public, max-age=30"}
	varyLang  = []string{"Accept-Language"}
)

// getRoomPage is GET /room/{event}: the page on which shoppers see their place. It is the same for all who read its language.
func (a *api) getRoomPage(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	view, ok := a.roomOf(c, event)
	if !ok {
		return
	}
	d := roompage.Data{Event: event, Name: a.nameOf(event), Lang: languageOf(c.Request), Nodes: a.origins(c.Request), Shop: originOf(view.Figures().Config.ShopURL)}
	var page bytes.Buffer
	if err := roompage.Write(&page, &d); err != nil {
		a.failed(c, err, callKey{})
		return
	}
	h := c.Writer.Header()
	h["Cache-Control"], h["Vary"] = pageCache, varyLang
	h.Set("Content-Security-Policy", roompage.Policy(&d))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	send(c, http.StatusOK, htmlMedia, page.Bytes())
}

// nameOf is what an event is called; "" where this node has yet to hear of it.
func (a *api) nameOf(event string) string {
	if e, found := a.node.Event(event); found {
		return e.Latest().Config().Name
	}
	return ""
}

// languageOf is the language of the page that the client reads best.
func languageOf(r *http.Request) string {
	header := strings.ToLower(strings.Join(r.Header["Accept-Language"], ","))
	best, q := roompage.Languages[0], 0.0
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		name, _, _ = strings.Cut(strings.TrimSpace(name), "-")
		for _, language := range roompage.Languages {
			if wished := quality(parameters); name == language && wished > q {
				best, q = language, wished
			}
		}
	}
	return best
}

// origins are where the page may go on when this node goes away: what the operator says, else the nodes' own addresses.
func (a *api) origins(r *http.Request) []string {
	if len(a.publicURLs) > 0 {
		return a.publicURLs
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	origins := []string{}
	for _, node := range a.node.Status().Nodes {
		host, _, err := net.SplitHostPort(node.HTTP)
		if err != nil {
			continue
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			continue // an address to listen at, which nobody else can use
		}
		origins = append(origins, scheme+"://"+node.HTTP)
	}
	return origins
}

// originOf is the scheme and host of an address; "" for none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// roomStem and roomRoute tell the routes that a visitor's browser may ask from another node's page.
const (
	eventsStem = "/v1/events/"
	roomPart   = "/room"
)

// allowPages lets pages of other nodes, and of shops, use the routes of a room: nothing there is known by cookies.
func allowPages(c *gin.Context) {
	c.Writer.Header().Set("Access-Control-Allow-Origin", "*")
	c.Writer.Header().Set("Access-Control-Expose-Headers", "Retry-After, Idempotent-Replayed")
}

// preflight answers a browser that asks whether a page of another origin may use a route of a room; false if it is none.
func preflight(c *gin.Context) bool {
	r := c.Request
	path, ok := strings.CutPrefix(r.URL.Path, eventsStem)
	_, rest, below := strings.Cut(path, "/")
	if r.Method != http.MethodOptions || !ok || !below || ("/"+rest != roomPart && !strings.HasPrefix("/"+rest, roomPart+"/visitors")) {
		return false
	}
	allowPages(c)
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, "+headerVisitor+", Authorization")
	h.Set("Access-Control-Max-Age", "86400")
	sendNothing(c)
	return true
}
