package postgres

import (
	"fmt"
	"path/filepath"
)

// maxConnections is enough for 256 clients, one connection each, and the controlling ones.
const maxConnections = 300

// settings are the lines of postgresql.conf that differ from the defaults. Nothing that weakens an answer's durability is among
// them: fsync, full_page_writes and synchronous_commit are on.
func settings(socketDir string) []string {
	return []string{
		"listen_addresses = ''", // a unix socket costs less than loopback TCP
		fmt.Sprintf("unix_socket_directories = '%s'", filepath.ToSlash(socketDir)),
		fmt.Sprintf("max_connections = %d", maxConnections),
		"fsync = on", "synchronous_commit = on", "full_page_writes = on",
		"shared_buffers = 1GB", // all of the events, several times over
		"huge_pages = try",
		"wal_buffers = 64MB",
		"min_wal_size = 2GB", // segments are recycled instead of made and zeroed
		"max_wal_size = 16GB",
		"checkpoint_timeout = 1h", // no checkpoint within a measurement; one is made before each
		"autovacuum = off",        // nor a vacuum: tables are fresh, and analysed, for every measurement
		"jit = off",
		"plan_cache_mode = force_generic_plan", // prepared once, planned once
		"track_activities = off", "track_counts = off",
		"update_process_title = off",
		"max_wal_senders = 8",
	}
}

// published are the settings that a reader wants to know.
var published = []string{
	"synchronous_commit=on, fsync=on, full_page_writes=on",
	"shared_buffers=1GB, wal_buffers=64MB, min_wal_size=2GB, max_wal_size=16GB",
	"no checkpoint and no vacuum within a measurement; fresh, analysed tables for each",
	"prepared statements with generic plans, jit=off, no statistics, unix socket",
}
