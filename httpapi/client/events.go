package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// eventPath escapes names that a caller made, so that a slash in one cannot change the route.
func eventPath(event string, rest ...string) string {
	path := "/v1/events/" + url.PathEscape(event)
	for _, r := range rest {
		path += "/" + url.PathEscape(r)
	}
	return path
}

func (p Page) options(options []Option) []Option {
	return append([]Option{func(k *call) {
		if p.After != "" {
			k.set("after", url.QueryEscape(p.After))
		}
		if p.Limit != 0 {
			k.set("limit", strconv.Itoa(p.Limit))
		}
	}}, options...)
}

// PutChart names a drawing. The drawing is sent as it is.
func (c *Client) PutChart(ctx context.Context, chart string, drawing Drawing, options ...Option) (*ChartReceipt, error) {
	return into[ChartReceipt](ctx, c, http.MethodPut, "/v1/charts/"+url.PathEscape(chart), drawing, options)
}

// Chart gives a chart's drawing in its canonical form.
func (c *Client) Chart(ctx context.Context, chart string, options ...Option) (Drawing, error) {
	var raw []byte
	err := c.do(ctx, http.MethodGet, "/v1/charts/"+url.PathEscape(chart), nil, &raw, options)
	return json.RawMessage(raw), err
}

// Charts lists charts by name.
func (c *Client) Charts(ctx context.Context, p Page, options ...Option) (*ChartPage, error) {
	return into[ChartPage](ctx, c, http.MethodGet, "/v1/charts", nil, p.options(options))
}

// PutEvent makes an event.
func (c *Client) PutEvent(ctx context.Context, event string, s Settings, options ...Option) (*Receipt, error) {
	return into[Receipt](ctx, c, http.MethodPut, eventPath(event), s, options)
}

// PatchEvent changes the settings that s names.
func (c *Client) PatchEvent(ctx context.Context, event string, s Settings, options ...Option) (*Receipt, error) {
	return into[Receipt](ctx, c, http.MethodPatch, eventPath(event), s, options)
}

// Event gives an event's settings, revision, partition and leader.
func (c *Client) Event(ctx context.Context, event string, options ...Option) (*Event, error) {
	return into[Event](ctx, c, http.MethodGet, eventPath(event), nil, options)
}

// Events lists events by key.
func (c *Client) Events(ctx context.Context, p Page, options ...Option) (*EventPage, error) {
	return into[EventPage](ctx, c, http.MethodGet, "/v1/events", nil, p.options(options))
}

// Block takes places off sale.
func (c *Client) Block(ctx context.Context, event string, s Selection, options ...Option) (*Receipt, error) {
	return into[Receipt](ctx, c, http.MethodPost, eventPath(event, "block"), s, options)
}

// Unblock puts places back on sale.
func (c *Client) Unblock(ctx context.Context, event string, s Selection, options ...Option) (*Receipt, error) {
	return into[Receipt](ctx, c, http.MethodPost, eventPath(event, "unblock"), s, options)
}

// Availability tells how many places there are in each state.
func (c *Client) Availability(ctx context.Context, event string, options ...Option) (*Availability, error) {
	return into[Availability](ctx, c, http.MethodGet, eventPath(event, "availability"), nil, options)
}

// SeatMap tells the state of every place.
func (c *Client) SeatMap(ctx context.Context, event string, options ...Option) (*SeatMap, error) {
	return into[SeatMap](ctx, c, http.MethodGet, eventPath(event, "seats"), nil, options)
}

// Seat tells the state of one seat or whole table.
func (c *Client) Seat(ctx context.Context, event, seat string, options ...Option) (*Seat, error) {
	return into[Seat](ctx, c, http.MethodGet, eventPath(event, "seats", seat), nil, options)
}

// into makes a call whose answer is a T; nil with an error.
func into[T any](ctx context.Context, c *Client, method, path string, in any, options []Option) (*T, error) {
	out := new(T)
	if err := c.do(ctx, method, path, in, out, options); err != nil {
		return nil, err
	}
	return out, nil
}
