package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Cluster tells the cluster's state as the node that answers sees it.
func (c *Client) Cluster(ctx context.Context, options ...Option) (*ClusterStatus, error) {
	return into[ClusterStatus](ctx, c, http.MethodGet, "/v1/cluster", nil, options)
}

// Transfer hands a partition's leadership to a node.
func (c *Client) Transfer(ctx context.Context, partition uint32, node string, options ...Option) error {
	in := struct {
		Node string `json:"node"`
	}{node}
	path := "/v1/cluster/partitions/" + strconv.FormatUint(uint64(partition), 10) + "/transfer"
	return c.do(ctx, http.MethodPost, path, in, nil, options)
}

// Snapshot makes the node that answers write a snapshot of each of its partitions.
func (c *Client) Snapshot(ctx context.Context, options ...Option) error {
	return c.do(ctx, http.MethodPost, "/v1/cluster/snapshot", nil, nil, options)
}

// Members tells who is a member of the cluster, as the node that answers knows it.
func (c *Client) Members(ctx context.Context, options ...Option) (*Members, error) {
	return into[Members](ctx, c, http.MethodGet, "/v1/cluster/members", nil, options)
}

// AddMember makes a node a learner in every partition, or a gateway. The state of what comes back says whether that is
// done, or under way.
func (c *Client) AddMember(ctx context.Context, m NewMember, options ...Option) (*Member, error) {
	return into[Member](ctx, c, http.MethodPost, "/v1/cluster/members", m, options)
}

// PromoteMember gives a learner that has caught up its vote in every partition.
func (c *Client) PromoteMember(ctx context.Context, node string, options ...Option) (*Member, error) {
	return into[Member](ctx, c, http.MethodPost, "/v1/cluster/members/"+url.PathEscape(node)+"/promote", nil, options)
}

// RemoveMember removes a member for ever.
func (c *Client) RemoveMember(ctx context.Context, node string, options ...Option) (*Member, error) {
	return into[Member](ctx, c, http.MethodDelete, "/v1/cluster/members/"+url.PathEscape(node), nil, options)
}

// Health asks whether the node's process lives. Use At to ask a given node.
func (c *Client) Health(ctx context.Context, options ...Option) (*Health, error) {
	return into[Health](ctx, c, http.MethodGet, "/healthz", nil, options)
}

// Ready asks whether the node serves; being unready is an answer and no error. Use At to ask a given node.
func (c *Client) Ready(ctx context.Context, options ...Option) (*Readiness, error) {
	options = append(options, func(k *call) { k.anyStatus = true; k.set("verbose", "1") })
	return into[Readiness](ctx, c, http.MethodGet, "/readyz", nil, options)
}

// OpenAPI gives the contract as OpenAPI 3.1.
func (c *Client) OpenAPI(ctx context.Context, options ...Option) ([]byte, error) {
	var raw []byte
	err := c.do(ctx, http.MethodGet, "/openapi.json", nil, &raw, options)
	return raw, err
}
