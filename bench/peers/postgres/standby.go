package postgres

import (
	"context"
	"fmt"

	"github.com/parterre/parterre/bench/peers"
)

// standbyNames are the two standbys; a commit waits until either has fsynced it.
var standbyNames = []string{"a", "b"}

// startStandbys copies the primary, starts the copies and makes them synchronous.
func (s *server) startStandbys(ctx context.Context) error {
	for i, name := range standbyNames {
		data, err := peers.Folder(s.setup.Dir, "standby-"+name, s.account)
		if err != nil {
			return err
		}
		source := fmt.Sprintf("host=%s port=%d user=%s application_name=%s", s.socketDir, primaryPort, superuser, name)
		err = s.execute(ctx, data, "pg_basebackup", "-D", data, "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
		if err != nil {
			return err
		}
		if err := s.launch("standby "+name, data, primaryPort+1+i); err != nil {
			return err
		}
	}
	if _, err := s.control.Exec(ctx, "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (a, b)'"); err != nil {
		return err
	}
	if _, err := s.control.Exec(ctx, "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	return peers.Await(ctx, startTimeout, func(ctx context.Context) error {
		var quorum int
		const query = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'"
		if err := s.control.QueryRow(ctx, query).Scan(&quorum); err != nil {
			return err
		}
		if quorum != len(standbyNames) {
			return fmt.Errorf("%w: %d of %d", ErrNotSynchronous, quorum, len(standbyNames))
		}
		return nil
	}, s.processes...)
}
