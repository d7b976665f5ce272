package simulator

import "time"

// planted are the bugs, each with a night that shows it and the check that sees it there.
var planted = []struct {
	plant        Plant
	check        Check
	seed         uint64
	peace, think time.Duration
}{
	{plant: PlantLapsesEarly, check: CheckOwner, seed: 2},
	{plant: PlantAnswerEarly, check: CheckAcknowledged, seed: 1},
	{plant: PlantFsyncLies, check: CheckAcknowledged, seed: 1},
	{plant: PlantApplyEarly, check: CheckAgreement, seed: 1},
	{plant: PlantLosesKeys, check: CheckKey, seed: 1},
	{plant: PlantLocalClock, check: CheckHash, seed: 1},
	{plant: PlantTellsUnknownRefused, check: CheckRefusal, seed: 2, peace: 2 * time.Second},
	{plant: PlantNoExpiry, check: CheckExpiry, seed: 1},
	{plant: PlantNoDeadline, check: CheckStuck, seed: 2},
	{plant: PlantForgetWaiting, check: CheckStuck, seed: 20, peace: 5 * time.Second},
	{plant: PlantNoInstall, check: CheckLiveness, seed: 9},
	{plant: PlantReadsLocally, check: CheckRead, seed: 2},
	{plant: PlantLosesSeats, check: CheckFree, seed: 1},
	{plant: PlantLosesBuyers, check: CheckRules, seed: 1},
}
