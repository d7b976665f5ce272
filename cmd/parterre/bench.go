package main

import "github.com/spf13/cobra"

// newBench is `parterre bench`: figures that a reader can reproduce.
func newBench(std streams) *cobra.Command {
	bench := &cobra.Command{Use: "bench", Short: "Measure three real nodes on this machine"}
	verbsOnly(bench)
	bench.AddCommand(newBenchHTTP(std), newBenchKills(std), newBenchMemory(std), newBenchRoom(std), newBenchQuality(std), newBenchReplay(std))
	bench.AddCommand(newBenchTrace(std))
	bench.AddCommand(newBenchAudit(std))
	bench.AddCommand(newBenchJudge(std))
	bench.AddCommand(newBenchCompare(std))
	bench.AddCommand(newBenchReport(std))
	bench.AddCommand(newBenchMany(std))
	bench.AddCommand(newBenchRestart(std), newBenchRejoin(std))
	bench.AddCommand(newBenchChaos(std), newBenchChaosSum(std))
	return bench
}
