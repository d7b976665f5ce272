//go:build !hashicorpmetrics

package main

const raftMetrics = false
