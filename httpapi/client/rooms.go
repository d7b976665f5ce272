package client

import (
	"context"
	"net/http"
	"time"
)

// The states of a visitor.
const (
	VisitorPreQueue = "pre_queue"
	VisitorWaiting  = "waiting"
	VisitorReady    = "ready" // may enter until EnterBy
	VisitorInside   = "inside"
	VisitorLeft     = "left"
	VisitorLapsed   = "lapsed"
	VisitorSoldOut  = "sold_out"
	VisitorClosed   = "closed"
	VisitorOpen     = "open"
)

// RoomSettings make or change a waiting room; what is nil or empty takes its default.
type RoomSettings struct {
	Mode               string     `json:"mode"` // random, fifo, open or closed
	PreQueueOpensAt    *time.Time `json:"prequeue_opens_at,omitempty"`
	OpensAt            *time.Time `json:"opens_at,omitempty"`
	MaxInside          int        `json:"max_inside,omitempty"`
	AdmitPerMinute     int        `json:"admit_per_minute,omitempty"`
	EnterWithinSeconds int        `json:"enter_within_seconds,omitempty"`
	IdleSeconds        int        `json:"idle_seconds,omitempty"`
	StaySeconds        int        `json:"stay_seconds,omitempty"`
	TokenLifeSeconds   int        `json:"token_life_seconds,omitempty"`
	TargetCommitMS     *int       `json:"target_commit_ms,omitempty"`
	PartyThousandths   int        `json:"party_thousandths,omitempty"`
	PublicShare        int        `json:"public_share,omitempty"`
	Lanes              []RoomLane `json:"lanes,omitempty"`
	ShopURL            string     `json:"shop_url,omitempty"`
}

// RoomLane is a lane beside the public one.
type RoomLane struct {
	Lane  string `json:"lane"`
	Share int    `json:"share,omitempty"`
}

// RoomReceipt is the answer to an order about a room.
type RoomReceipt struct {
	Event string `json:"event"`
	Phase string `json:"phase"`
}

// Room is a waiting room's public figures.
type Room struct {
	Event              string       `json:"event"`
	Mode               string       `json:"mode"`
	Phase              string       `json:"phase"`
	PreQueueOpensAt    *time.Time   `json:"prequeue_opens_at"`
	OpensAt            *time.Time   `json:"opens_at"`
	MaxInside          int          `json:"max_inside"`
	AdmitPerMinute     int          `json:"admit_per_minute"`
	RatePerMinute      int          `json:"rate_per_minute"`
	Inside             int          `json:"inside"`
	Called             int          `json:"called"`
	PressurePermille   int          `json:"pressure_permille"`
	Free               int          `json:"free"`
	Held               int          `json:"held"`
	EnterWithinSeconds int          `json:"enter_within_seconds"`
	IdleSeconds        int          `json:"idle_seconds"`
	StaySeconds        int          `json:"stay_seconds"`
	TokenLifeSeconds   int          `json:"token_life_seconds"`
	ShopURL            string       `json:"shop_url"`
	SeedHash           string       `json:"seed_hash"` // hexadecimal; "" without a draw
	Seed               string       `json:"seed"`      // "" before the draw
	Lanes              []LaneFigure `json:"lanes"`
}

// LaneFigure is what one lane has come to.
type LaneFigure struct {
	Lane       string `json:"lane"`
	Share      int    `json:"share"`
	Given      uint64 `json:"given"`
	Drawn      uint64 `json:"drawn"`
	CalledUpTo uint64 `json:"called_up_to"`
	Waiting    uint64 `json:"waiting"`
}

// JoinRequest is who joins; all of it may be empty.
type JoinRequest struct {
	Buyer      string `json:"buyer,omitempty"`
	Lane       string `json:"lane,omitempty"`
	Invitation string `json:"invitation,omitempty"`
}

// Visitor is where a visitor stands. What is not known is nil.
type Visitor struct {
	Event              string     `json:"event"`
	Token              string     `json:"token"` // of JoinRoom only
	Number             uint64     `json:"number"`
	Lane               string     `json:"lane"`
	LaneIndex          int        `json:"lane_index"`
	State              string     `json:"state"`
	Place              *uint64    `json:"place"`    // in the order that the draw made, from 0
	Position           *uint64    `json:"position"` // in line now: Ahead + 1
	Ahead              *uint64    `json:"ahead"`
	Waiting            uint64     `json:"waiting"`
	WaitSeconds        *int       `json:"wait_seconds"`
	WaitLowSeconds     *int       `json:"wait_low_seconds"`
	WaitHighSeconds    *int       `json:"wait_high_seconds"`
	EnterBy            *time.Time `json:"enter_by"`
	EnterWithinSeconds *int       `json:"enter_within_seconds"`
	PollAfterSeconds   int        `json:"poll_after_seconds"`
	Room               Room       `json:"room"`
}

// Inside is what a visitor gets who goes in.
type Inside struct {
	Event     string    `json:"event"`
	State     string    `json:"state"`
	Pass      string    `json:"pass"`
	Session   uint64    `json:"session"`
	Number    uint64    `json:"number"`
	Lane      string    `json:"lane"`
	LaneIndex int       `json:"lane_index"`
	IdleAt    time.Time `json:"idle_at"`
	ExpiresAt time.Time `json:"expires_at"`
	ShopURL   string    `json:"shop_url"`
}

// InviteRequest asks for an invitation to a lane.
type InviteRequest struct {
	Lane        string `json:"lane"`
	Buyer       string `json:"buyer,omitempty"`
	LifeSeconds int    `json:"life_seconds,omitempty"`
}

// Invitation lets whoever has it, or its buyer only, join a lane.
type Invitation struct {
	Event      string    `json:"event"`
	Lane       string    `json:"lane"`
	Invitation string    `json:"invitation"`
	ExpiresAt  time.Time `json:"expires_at"`
}

func roomPath(event, rest string) string { return eventPath(event) + "/room" + rest }

// PutRoom makes a waiting room, or changes its settings.
func (c *Client) PutRoom(ctx context.Context, event string, s RoomSettings, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPut, roomPath(event, ""), s, options)
}

// Room reads a waiting room's public figures.
func (c *Client) Room(ctx context.Context, event string, options ...Option) (*Room, error) {
	return into[Room](ctx, c, http.MethodGet, roomPath(event, ""), nil, options)
}

// JoinRoom joins the line. The token of the answer is the visitor's place.
func (c *Client) JoinRoom(ctx context.Context, event string, r JoinRequest, options ...Option) (*Visitor, error) {
	return into[Visitor](ctx, c, http.MethodPost, roomPath(event, "/visitors"), r, options)
}

// Visitor tells where a visitor stands.
func (c *Client) Visitor(ctx context.Context, event, token string, options ...Option) (*Visitor, error) {
	return into[Visitor](ctx, c, http.MethodGet, roomPath(event, "/visitors/me"), nil, append(options, withToken(token)))
}

// EnterRoom goes in, with a token that was called.
func (c *Client) EnterRoom(ctx context.Context, event, token string, options ...Option) (*Inside, error) {
	return into[Inside](ctx, c, http.MethodPost, roomPath(event, "/visitors/me/enter"), nil, append(options, withToken(token)))
}

// LeaveRoom gives a place up.
func (c *Client) LeaveRoom(ctx context.Context, event, token string, options ...Option) error {
	return c.do(ctx, http.MethodPost, roomPath(event, "/visitors/me/leave"), nil, nil, append(options, withToken(token)))
}

// Invite signs an invitation to a lane.
func (c *Client) Invite(ctx context.Context, event string, r InviteRequest, options ...Option) (*Invitation, error) {
	return into[Invitation](ctx, c, http.MethodPost, roomPath(event, "/invitations"), r, options)
}

// PauseRoom lets nobody be called until ResumeRoom.
func (c *Client) PauseRoom(ctx context.Context, event string, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPost, roomPath(event, "/pause"), nil, options)
}

// ResumeRoom ends a pause.
func (c *Client) ResumeRoom(ctx context.Context, event string, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPost, roomPath(event, "/resume"), nil, options)
}

// CloseRoom lets nobody in any more.
func (c *Client) CloseRoom(ctx context.Context, event string, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPost, roomPath(event, "/close"), nil, options)
}

// RotateRoomKeys has papers signed with a new key from now on.
func (c *Client) RotateRoomKeys(ctx context.Context, event string, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPost, roomPath(event, "/keys"), nil, options)
}

// SetRoomRate sets how many are called in a minute; 0 = as many as there are places.
func (c *Client) SetRoomRate(ctx context.Context, event string, perMinute int, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPost, roomPath(event, "/rate"), map[string]int{"admit_per_minute": perMinute}, options)
}

// AdmitToRoom calls so many now.
func (c *Client) AdmitToRoom(ctx context.Context, event string, count int, options ...Option) (*RoomReceipt, error) {
	return into[RoomReceipt](ctx, c, http.MethodPost, roomPath(event, "/admit"), map[string]int{"count": count}, options)
}
