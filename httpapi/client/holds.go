package client

import (
	"context"
	"net/http"
)

// Hold claims places for a buyer.
func (c *Client) Hold(ctx context.Context, event string, r HoldRequest, options ...Option) (*Hold, error) {
	return into[Hold](ctx, c, http.MethodPost, eventPath(event, "holds"), r, options)
}

// GetHold reads a hold; what it shows is decided like a write, so it is never stale.
func (c *Client) GetHold(ctx context.Context, event, hold string, options ...Option) (*Hold, error) {
	return into[Hold](ctx, c, http.MethodGet, eventPath(event, "holds", hold), nil, options)
}

// Release gives a hold back. Doing it again changes nothing.
func (c *Client) Release(ctx context.Context, event, hold string, options ...Option) error {
	return c.do(ctx, http.MethodDelete, eventPath(event, "holds", hold), nil, nil, options)
}

// Extend moves a hold's deadline to ttlSeconds from now.
func (c *Client) Extend(ctx context.Context, event, hold string, ttlSeconds int, options ...Option) (*Hold, error) {
	in := struct {
		TTLSeconds int `json:"ttl_seconds"`
	}{ttlSeconds}
	return into[Hold](ctx, c, http.MethodPost, eventPath(event, "holds", hold, "extend"), in, options)
}

// Change adds places to a hold and removes places from it, in one step or not at all.
func (c *Client) Change(ctx context.Context, event, hold string, r ChangeRequest, options ...Option) (*Hold, error) {
	return into[Hold](ctx, c, http.MethodPatch, eventPath(event, "holds", hold), r, options)
}

// Confirm makes a hold an order.
func (c *Client) Confirm(ctx context.Context, event string, r ConfirmRequest, options ...Option) (*Order, error) {
	return into[Order](ctx, c, http.MethodPost, eventPath(event, "orders"), r, options)
}

// Sell holds and confirms in one step.
func (c *Client) Sell(ctx context.Context, event string, r SaleRequest, options ...Option) (*Order, error) {
	return into[Order](ctx, c, http.MethodPost, eventPath(event, "sales"), r, options)
}

// Order reads an order; what it shows is decided like a write, so it is never stale.
func (c *Client) Order(ctx context.Context, event, order string, options ...Option) (*Order, error) {
	return into[Order](ctx, c, http.MethodGet, eventPath(event, "orders", order), nil, options)
}

// CancelOrder cancels all tickets of an order.
func (c *Client) CancelOrder(ctx context.Context, event, order string, options ...Option) (*Order, error) {
	return into[Order](ctx, c, http.MethodPost, eventPath(event, "orders", order, "cancel"), struct{}{}, options)
}

// CancelTickets cancels the named tickets of an order; an empty list is refused.
func (c *Client) CancelTickets(ctx context.Context, event, order string, tickets []string, options ...Option) (*Order, error) {
	in := struct {
		Tickets []string `json:"tickets"`
	}{append([]string{}, tickets...)}
	return into[Order](ctx, c, http.MethodPost, eventPath(event, "orders", order, "cancel"), in, options)
}
