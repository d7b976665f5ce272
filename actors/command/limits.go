package command

import "github.com/parterre/parterre/actors/seatmap"

// Further limits of what a decoder accepts. Those of results are wide, since a result that cannot be read is an answer
// that is lost; the bytes of the frame bound them anyway.
const (
	MaxCurrencyBytes    = 8
	MaxCategoryKeyBytes = seatmap.MaxLabelBytes
	MaxTickets          = MaxSelection
	MaxWishKeys         = seatmap.MaxWishKeys
	MaxResultPlaces     = 3 * MaxBlockSelection
	MaxResultLabels     = 3 * MaxBlockSelection
	MaxFieldBytes       = 1 << 10
	MaxReasonBytes      = 1 << 12
	// What gzip adds to data that does not shrink is below one part in a thousand.
	MaxPackedDocumentBytes = MaxDocumentBytes + MaxDocumentBytes/1024
	MaxPackedPlanBytes     = seatmap.MaxPlanCodeBytes + seatmap.MaxPlanCodeBytes/1024
)

// maxSelection is how many seats, tables or areas the operation may name.
func maxSelection(op seatmap.Op) int {
	if op == seatmap.OpBlock || op == seatmap.OpUnblock {
		return MaxBlockSelection
	}
	return MaxSelection
}
