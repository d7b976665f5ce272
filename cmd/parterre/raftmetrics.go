//go:build hashicorpmetrics

package main

// raftMetrics says whether Raft's own metrics reach our registry. Without the build tag they go to a sink that nobody
// reads, and Raft says nothing of it; so serve does.
const raftMetrics = true
