package simulator

import "time"

// plantedNights is in how many nights a planted bug must show. Which of them shows it first depends on every interval of
// the code under test, so that a seed alone would say more about those than about the judge.
const plantedNights = 40

// planted are the bugs, each with the check that sees it, and a seed from which on to look: the first that showed it when
// this was written.
var planted = []struct {
	plant        Plant
	check        Check
	seed         uint64
	peace, think time.Duration
	only         string
}{
	{plant: PlantLapsesEarly, check: CheckOwner, seed: 2},
	{plant: PlantAnswerEarly, check: CheckAcknowledged, seed: 1},
	{plant: PlantFsyncLies, check: CheckAcknowledged, seed: 1},
	{plant: PlantApplyEarly, check: CheckAgreement, seed: 1},
	{plant: PlantForgetVote, check: CheckAgreement, seed: 1, peace: time.Second, only: twoStand},
	{plant: PlantLosesKeys, check: CheckKey, seed: 1},
	{plant: PlantLocalClock, check: CheckHash, seed: 1},
	{plant: PlantTellsUnknownRefused, check: CheckRefusal, seed: 3, peace: 2 * time.Second},
	{plant: PlantNoExpiry, check: CheckExpiry, seed: 1},
	{plant: PlantNoDeadline, check: CheckStuck, seed: 2},
	{plant: PlantForgetWaiting, check: CheckStuck, seed: 31, peace: 5 * time.Second},
	{plant: PlantNoInstall, check: CheckLiveness, seed: 19},
	{plant: PlantReadsLocally, check: CheckRead, seed: 2},
	{plant: PlantLosesSeats, check: CheckFree, seed: 1},
	{plant: PlantLosesBuyers, check: CheckRules, seed: 1},
}
