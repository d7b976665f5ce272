package actors

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

var errPlanHash = errors.New("plan is not what its hash says")

// unpackPlan decompresses a plan's code, at most MaxPlanCodeBytes of it, and proves it by its hash.
func unpackPlan(packed []byte, hash seatmap.PlanHash) ([]byte, error) {
	code, err := chart.UnpackPlanCode(packed)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if sha256.Sum256(code) != hash {
		return nil, errPlanHash
	}
	return code, nil
}

func decodePlan(packed []byte, hash seatmap.PlanHash) (*seatmap.Plan, error) {
	code, err := unpackPlan(packed, hash)
	if err != nil {
		return nil, err
	}
	return seatmap.DecodePlan(code)
}

// ready gives the decoded plan, decoding it for the first event that needs it. (Most charts of a partition serve events of
// others; those never cost more than their compressed code.)
func (p *storedPlan) ready() (*seatmap.Plan, error) {
	if p.plan == nil {
		plan, err := decodePlan(p.code, p.hash)
		if err != nil {
			return nil, err
		}
		p.plan = plan
	}
	return p.plan, nil
}
