//go:build browser

package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/httpapi/client"
)

// browser is a phone that shows the page.
type browser struct {
	*revolving
	ctx context.Context
}

func newBrowser(t *testing.T, r *revolving) *browser {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{chromedp.Headless, chromedp.NoSandbox, chromedp.Flag("force-color-profile", "srgb")}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return &browser{revolving: r, ctx: ctx}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.ok(chromedp.Do(b.ctx, steps...))
}

// eval is what an expression is in the page.
func (b *browser) eval(expression string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	b.ok(err)
	return s
}

// text is what an element of the page says.
func (b *browser) text(id string) string {
	return b.eval(`document.getElementById("` + id + `").textContent`)
}

// position is the number that the page shows.
func (b *browser) position() int {
	b.t.Helper()
	n, err := strconv.Atoi(b.text("number"))
	b.ok(err)
	return n
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// shows waits until the card is in a state.
func (b *browser) shows(state string) {
	b.t.Helper()
	b.until("the page to show "+state, func() bool { return b.eval(`document.getElementById("card").dataset.state`) == state })
}

func (b *browser) until(what string, done func() bool) {
	b.t.Helper()
	b.cluster.Wait(what, func() (bool, string) { return done(), "" })
}

// keep keeps a picture where the caller of the tests wants some.
func (b *browser) keep(name string) {
	b.t.Helper()
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	b.do(chromedp.Sleep(1200 * time.Millisecond)) // the marker glides for a second
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.ok(err)
	b.ok(os.MkdirAll(dir, 0o755))
	b.ok(os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

func TestBrowserShowsAShopperThroughTheRoom(t *testing.T) {
	r := newRevolving(t, 3)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>the shop</h1>")) }))
	t.Cleanup(shop.Close)
	r.withRoom("opening", func(s *client.RoomSettings) {
		s.Mode, s.MaxInside, s.AdmitPerMinute, s.EnterWithinSeconds, s.ShopURL = "fifo", 500, 30, 600, shop.URL+"/seats"
	})
	_, err := r.PatchEvent(r.ctx(), "opening", client.Settings{Name: ptr("Opening night")})
	r.ok(err)
	crowd := func(count uint32) {
		_, err := r.cluster.Node(1).Submit(r.ctx(), &command.Command{Kind: command.KindRoom, Event: "opening", Room: &waitroom.Request{Op: waitroom.OpJoin, Count: count}})
		r.ok(err)
	}
	crowd(138)

	b := newBrowser(t, r)
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2)), chromedp.Navigate(r.urls[0]+"/room/opening"))
	b.shows("waiting")
	crowd(4_218)
	b.until("an estimate", func() bool { return strings.HasPrefix(b.text("wait"), "About ") })
	place := b.position()
	if place < 100 || place > 139 {
		t.Fatalf("the place is %d", place)
	}
	for lang, head := range map[string]string{"de": "Sie stehen in der Schlange", "fr": "Vous êtes dans la file", "en": "You are in line"} {
		b.click(`#tongues button[lang=` + lang + `]`)
		if got := b.text("head"); got != head {
			t.Errorf("%s: %q", lang, got)
		}
		b.until("the crowd behind", func() bool { return strings.Contains(b.text("of"), "4") })
		b.keep("waiting-" + lang)
	}
	b.click(`#tongues button[lang=en]`)
	b.do(chromedp.Reload())
	b.shows("waiting")
	if again := b.position(); again > place || again < place-60 {
		t.Fatalf("a reload moved the place from %d to %d", place, again)
	}

	// The node that serves the page goes away; the page goes on at another.
	r.leave(0)
	place = b.position()
	b.until("the line to move on at another node", func() bool { return b.position() < place })
	b.keep("moved")
	_, err = r.From(1).AdmitToRoom(r.ctx(), "opening", 200) // the hall has not so many seats that all would be called
	r.ok(err)
	b.shows("ready")
	b.keep("ready")
	if b.text("contact") != "" {
		t.Errorf("the page says %q", b.text("contact"))
	}

	b.click(`#go`)
	b.until("the shop", func() bool {
		at, err := chromedp.Run(b.ctx, chromedp.Location())
		return err == nil && strings.HasPrefix(at, shop.URL+"/seats#parterre-pass=") && strings.HasSuffix(at, "&event=opening")
	})
}
